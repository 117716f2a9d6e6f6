/* The format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
#include "grid/npy.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/program.h"

#define MAGIC "\x93NUMPY"
#define MAGIC_LENGTH 6

/* More than this is no header of an array of integers. */
enum { MOST_HEADER_BYTES = 65536 };

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define OWN_ORDER '<'
#else
#define OWN_ORDER '>'
#endif

/* What the header of a file tells. */
typedef struct header {
    const char *path;
    char order; /* of bytes: < > | = */
    bool is_signed;
    size_t size; /* of a value */
    bool is_column_major;
    uint64_t shape[3];
    uint64_t bytes; /* of all values */
} header;

/* ---- the header ---- */

static _Noreturn void refuse(const char *path, const char *why)
{
    cli_fail("%s: %s, expected a NumPy file of one array of integers of three dimensions", path,
             why);
}

static void read_bytes(FILE *file, const char *path, void *bytes, size_t count)
{
    if (fread(bytes, 1, count, file) == count)
        return;
    if (ferror(file))
        cli_fail("cannot read '%s': %s", path, strerror(errno));
    refuse(path, "the file ends too soon");
}

/* The text of the header, for free(). */
static char *read_text(FILE *file, const char *path)
{
    unsigned char start[MAGIC_LENGTH + 2], length_bytes[4] = {0};
    read_bytes(file, path, start, sizeof start);
    if (memcmp(start, MAGIC, MAGIC_LENGTH) != 0 || start[MAGIC_LENGTH] < 1 ||
        start[MAGIC_LENGTH] > 3)
        refuse(path, "it does not begin as NumPy's files do");
    read_bytes(file, path, length_bytes, start[MAGIC_LENGTH] == 1 ? 2 : 4);
    uint32_t length = length_bytes[0] | (uint32_t)length_bytes[1] << 8 |
                      (uint32_t)length_bytes[2] << 16 | (uint32_t)length_bytes[3] << 24;
    if (length > MOST_HEADER_BYTES)
        refuse(path, "the header is too long");
    char *text = cli_allocate(length + 1, 1);
    read_bytes(file, path, text, length);
    text[length] = '\0';
    return text;
}

/* What comes after "'key':". */
static const char *find_value(const header *told, const char *text, const char *key)
{
    char quoted[32];
    snprintf(quoted, sizeof quoted, "'%s':", key);
    const char *value = strstr(text, quoted);
    if (!value)
        refuse(told->path, "the header lacks an entry");
    value += strlen(quoted);
    return value + strspn(value, " ");
}

static void read_type(header *told, const char *text)
{
    const char *value = find_value(told, text, "descr");
    if (strlen(value) < 5 || value[0] != '\'' || !strchr("<>|=", value[1]) ||
        !strchr("iub", value[2]) || !strchr("1248", value[3]) || value[4] != '\'')
        refuse(told->path, "the values are no integers");
    told->order = value[1];
    told->is_signed = value[2] == 'i';
    told->size = (size_t)(value[3] - '0');
}

static void read_shape(header *told, const char *text)
{
    const char *value = find_value(told, text, "shape");
    int used = 0;
    if (sscanf(value, "(%" SCNu64 ", %" SCNu64 ", %" SCNu64 "%n", &told->shape[0], &told->shape[1],
               &told->shape[2], &used) != 3 ||
        value[used] != ')' || memchr(value, '-', (size_t)used))
        refuse(told->path, "the array has not three dimensions");
    told->bytes = told->size;
    for (int axis = 0; axis < 3; axis++)
        if (__builtin_mul_overflow(told->bytes, told->shape[axis], &told->bytes) ||
            told->bytes > INT64_MAX)
            refuse(told->path, "the array is too large");
}

static header read_header(FILE *file, const char *path)
{
    header told = {.path = path};
    char *text = read_text(file, path);
    read_type(&told, text);
    told.is_column_major = strncmp(find_value(&told, text, "fortran_order"), "True", 4) == 0;
    read_shape(&told, text);
    free(text);
    return told;
}

/* ---- values ---- */

static void swap_bytes(const header *told, unsigned char *values)
{
    for (uint64_t first = 0; first < told->bytes; first += told->size)
        for (size_t i = 0; i < told->size / 2; i++) {
            unsigned char byte = values[first + i];
            values[first + i] = values[first + told->size - 1 - i];
            values[first + told->size - 1 - i] = byte;
        }
}

static unsigned char *row_by_row(const header *told, unsigned char *columns)
{
    const uint64_t *shape = told->shape;
    unsigned char *rows = cli_allocate(told->bytes, 1), *next = rows;
    for (uint64_t x = 0; x < shape[0]; x++)
        for (uint64_t y = 0; y < shape[1]; y++)
            for (uint64_t z = 0; z < shape[2]; z++, next += told->size)
                memcpy(next, columns + ((z * shape[1] + y) * shape[0] + x) * told->size,
                       told->size);
    free(columns);
    return rows;
}

static si_type type_of(const header *told)
{
    switch (told->size) {
    case 1:
        return told->is_signed ? SI_TYPE_INT8 : SI_TYPE_UINT8;
    case 2:
        return told->is_signed ? SI_TYPE_INT16 : SI_TYPE_UINT16;
    case 4:
        return told->is_signed ? SI_TYPE_INT32 : SI_TYPE_UINT32;
    default:
        return told->is_signed ? SI_TYPE_INT64 : SI_TYPE_UINT64;
    }
}

/* Before so much memory is asked for. */
static void check_length(FILE *file, const header *told)
{
    long here = ftell(file);
    if (here < 0 || fseek(file, 0, SEEK_END) != 0)
        cli_fail("cannot read '%s': %s", told->path, strerror(errno));
    if ((uint64_t)(ftell(file) - here) != told->bytes)
        refuse(told->path, "the length of the file does not fit the shape of the array");
    if (fseek(file, here, SEEK_SET) != 0)
        cli_fail("cannot read '%s': %s", told->path, strerror(errno));
}

void cli_npy_read(cli_volume *volume, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        cli_fail("cannot open '%s': %s", path, strerror(errno));
    header told = read_header(file, path);
    check_length(file, &told);
    unsigned char *values = cli_allocate(told.bytes, 1);
    read_bytes(file, path, values, told.bytes);
    fclose(file);
    if (told.size > 1 && told.order != OWN_ORDER && told.order != '=')
        swap_bytes(&told, values);
    if (told.is_column_major)
        values = row_by_row(&told, values);
    memcpy(volume->shape, told.shape, sizeof volume->shape);
    volume->type = type_of(&told);
    volume->values = values;
}

/* ---- writing ---- */

/* The header ends at a multiple of 64 bytes. */
static size_t make_header(char text[256], char letter, const uint64_t shape[3])
{
    enum { PREFIX = MAGIC_LENGTH + 4 };
    int length = snprintf(text + PREFIX, 256 - PREFIX,
                          "{'descr': '%c%c8', 'fortran_order': False, 'shape': (%" PRIu64
                          ", %" PRIu64 ", %" PRIu64 "), }",
                          OWN_ORDER, letter, shape[0], shape[1], shape[2]);
    size_t end = PREFIX + (size_t)length, padded = (end + 1 + 63) / 64 * 64;
    memset(text + end, ' ', padded - end);
    text[padded - 1] = '\n';
    memcpy(text, MAGIC "\x01\x00", MAGIC_LENGTH + 2);
    text[MAGIC_LENGTH + 2] = (char)((padded - PREFIX) & 255);
    text[MAGIC_LENGTH + 3] = (char)((padded - PREFIX) >> 8);
    return padded;
}

void cli_npy_write(const char *path, char letter, const uint64_t shape[3], const void *values)
{
    char text[256];
    size_t header_bytes = make_header(text, letter, shape);
    size_t count = shape[0] * shape[1] * shape[2];
    struct stat kind;
    FILE *file = fopen(path, "wb");
    if (!file)
        cli_fail("cannot create '%s': %s", path, strerror(errno));
    bool is_file = fstat(fileno(file), &kind) == 0 && S_ISREG(kind.st_mode);
    bool written = fwrite(text, 1, header_bytes, file) == header_bytes &&
                   fwrite(values, 8, count, file) == count && fflush(file) == 0;
    int why = errno;
    if (fclose(file) != 0 && written) {
        written = false;
        why = errno;
    }
    if (written)
        return;
    /* Half an array is of no use; but what is a device or a pipe is not ours to remove. */
    if (is_file)
        unlink(path);
    cli_fail("cannot write '%s': %s", path, strerror(why));
}
