/*
 * Reading rows of text as indices into a table of names: text of fixed or variable length, or
 * indices into the library of an enumeration. Each name is stored once, whatever the rows.
 */
#include <inttypes.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/memory.h"
#include "hdf5/hdf5_access.h"
#include "sonata/sonata_column.h"

#define PIECE_ROWS ((uint64_t)1 << 16)
#define PIECE_BYTES ((uint64_t)4 << 20)

/* Text of a fixed size, without its padding. */
static size_t fixed_length(const char *text, size_t size, bool space_padded)
{
    size_t length = strnlen(text, size);
    while (space_padded && length > 0 && text[length - 1] == ' ')
        length--;
    return length;
}

static si_result intern_fixed(const si_sonata_column *column, const si_rows *rows,
                              const si_row_piece *piece, const char *buffer,
                              si_name_interner *interner, uint32_t *indices, si_error *error)
{
    bool space_padded = H5Tget_strpad(column->stored_type) == H5T_STR_SPACEPAD;
    for (uint64_t k = piece->begin; k < piece->end; k++) {
        const char *text = buffer + (si_rows_row(rows, k) - piece->start) * column->size;
        SI_TRY(si_name_intern(interner, text, fixed_length(text, column->size, space_padded),
                              &indices[si_rows_position(rows, k)], error));
    }
    return SI_OK;
}

static si_result intern_variable(const si_rows *rows, const si_row_piece *piece,
                                 char *const *buffer, si_name_interner *interner, uint32_t *indices,
                                 si_error *error)
{
    for (uint64_t k = piece->begin; k < piece->end; k++) {
        const char *text = buffer[si_rows_row(rows, k) - piece->start];
        if (!text)
            text = "";
        SI_TRY(si_name_intern(interner, text, strlen(text), &indices[si_rows_position(rows, k)],
                              error));
    }
    return SI_OK;
}

/* HDF5 allocates each text of variable length; this gives them back. */
static void reclaim_texts(hid_t type, uint64_t count, void *buffer)
{
    hsize_t size = count;
    hid_t space = H5Screate_simple(1, &size, NULL);
    if (space < 0)
        return;
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, buffer);
    H5Sclose(space);
}

/* How texts are read: where each takes `size` bytes, a pointer if their length varies. */
typedef struct text_form {
    bool is_variable;
    hid_t type;
    size_t size;
} text_form;

/* HDF5 believes a damaged file that says that a character takes gigabytes. */
static bool has_plain_characters(hid_t variable_type)
{
    hid_t character = H5Tget_super(variable_type);
    if (character < 0)
        return false;
    size_t size = H5Tget_size(character);
    H5Tclose(character);
    return size == 1;
}

/* The stored type of text of variable length is not trusted to have the size of a pointer. */
static si_result open_text_form(const si_sonata_column *column, text_form *form, si_error *error)
{
    hid_t stored = column->stored_type;
    form->is_variable = H5Tis_variable_str(stored) > 0;
    form->type = H5Tcopy(form->is_variable ? H5T_C_S1 : stored);
    form->size = form->is_variable ? sizeof(char *) : column->size;
    if (form->type >= 0 && form->is_variable &&
        (!has_plain_characters(stored) || H5Tset_size(form->type, H5T_VARIABLE) < 0 ||
         H5Tset_cset(form->type, H5Tget_cset(stored)) < 0)) {
        H5Tclose(form->type);
        form->type = -1;
    }
    if (form->type < 0 || form->size == 0)
        si_hdf5_fail(error, SI_ERROR_FORMAT, "%s: a broken type of text", column->path);
    return SI_OK;
}

static si_result read_text_piece(const si_sonata_column *column, const text_form *form,
                                 const si_rows *rows, const si_row_piece *piece, void *buffer,
                                 si_name_interner *interner, uint32_t *indices, si_error *error)
{
    if (form->is_variable)
        memset(buffer, 0, piece->length * form->size);
    si_result result = si_sonata_column_read_piece(column, form->type, piece->start, piece->length,
                                                   buffer, error);
    if (result == SI_OK)
        result = form->is_variable
                     ? intern_variable(rows, piece, buffer, interner, indices, error)
                     : intern_fixed(column, rows, piece, buffer, interner, indices, error);
    if (form->is_variable)
        reclaim_texts(form->type, piece->length, buffer);
    return result;
}

static si_result read_texts(const si_sonata_column *column, const si_rows *rows,
                            si_name_interner *interner, uint32_t *indices, si_error *error)
{
    text_form form;
    SI_TRY(open_text_form(column, &form, error));
    uint64_t limit = si_max_u64(1, si_min_u64(PIECE_ROWS, PIECE_BYTES / form.size));
    limit = si_max_u64(1, si_min_u64(limit, column->rows));
    void *buffer = si_allocate(limit, form.size);
    si_result result = buffer ? SI_OK : si_fail_memory(error);
    si_row_piece piece = {0};
    while (result == SI_OK && si_rows_next(rows, limit, &piece))
        result = read_text_piece(column, &form, rows, &piece, buffer, interner, indices, error);
    si_free(buffer);
    H5Tclose(form.type);
    return result;
}

/* The index of a library entry in the interner's table; `known` remembers those met before. */
static si_result intern_entry(const si_sonata_column *column, uint64_t entry, uint32_t *known,
                              si_name_interner *interner, uint32_t *index, si_error *error)
{
    uint32_t name = column->library[entry];
    if (known[name] == SI_NO_NAME) {
        const char *text = column->library_names.names[name];
        SI_TRY(si_name_intern(interner, text, strlen(text), &known[name], error));
    }
    *index = known[name];
    return SI_OK;
}

static si_result intern_entries(const si_sonata_column *column, const si_rows *rows,
                                const si_row_piece *piece, const uint64_t *buffer, uint32_t *known,
                                si_name_interner *interner, uint32_t *indices, si_error *error)
{
    for (uint64_t k = piece->begin; k < piece->end; k++) {
        uint64_t row = si_rows_row(rows, k), wide = buffer[row - piece->start], entry;
        if (!si_sonata_column_decode_id(column, wide, &entry) || entry >= column->library_size) {
            char value[SI_COLUMN_VALUE_SIZE];
            si_sonata_column_format_value(column, wide, value);
            return si_fail(error, SI_ERROR_FORMAT,
                           "%s: row %" PRIu64
                           " is %s, expected an index into its library of %" PRIu64 " texts",
                           column->path, row, value, column->library_size);
        }
        SI_TRY(intern_entry(column, entry, known, interner, &indices[si_rows_position(rows, k)],
                            error));
    }
    return SI_OK;
}

static si_result read_entries_into(const si_sonata_column *column, const si_rows *rows,
                                   uint64_t *buffer, uint64_t limit, uint32_t *known,
                                   si_name_interner *interner, uint32_t *indices, si_error *error)
{
    hid_t type = si_sonata_column_wide_type(column);
    si_row_piece piece = {0};
    while (si_rows_next(rows, limit, &piece)) {
        SI_TRY(si_sonata_column_read_piece(column, type, piece.start, piece.length, buffer, error));
        SI_TRY(intern_entries(column, rows, &piece, buffer, known, interner, indices, error));
    }
    return SI_OK;
}

static si_result read_entries(const si_sonata_column *column, const si_rows *rows,
                              si_name_interner *interner, uint32_t *indices, si_error *error)
{
    uint64_t limit = si_max_u64(1, si_min_u64(PIECE_ROWS, column->rows));
    uint64_t *buffer = si_allocate(limit, sizeof *buffer);
    uint32_t *known = si_allocate(column->library_names.count, sizeof *known);
    si_result result = SI_ERROR_MEMORY;
    if (buffer && known) {
        memset(known, 0xff, column->library_names.count * sizeof *known);
        result = read_entries_into(column, rows, buffer, limit, known, interner, indices, error);
    } else {
        si_error_set(error, result, "out of memory");
    }
    si_free(known);
    si_free(buffer);
    return result;
}

si_result si_sonata_column_read_names(const si_sonata_column *column, const si_rows *rows,
                                      si_name_interner *interner, uint32_t *indices,
                                      si_error *error)
{
    if (column->is_enumerated)
        return read_entries(column, rows, interner, indices, error);
    if (column->class == SI_COLUMN_TEXT)
        return read_texts(column, rows, interner, indices, error);
    return si_fail(error, SI_ERROR_FORMAT, "%s: numbers without a library of texts, expected text",
                   column->path);
}
