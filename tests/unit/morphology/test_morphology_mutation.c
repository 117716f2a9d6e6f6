/* Damaged files: whatever the bytes, a morphology that is consistent or an error. */
#include "hdf5_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "morphology/morphology_hdf5.h"

enum { ROUNDS = 4000, GREATEST = 8192 };

static uint64_t random_state = 0x2545f4914f6cdd1d;

static size_t random_below(size_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (size_t)(random_state >> 11) % limit;
}

static const char *const swc_samples[] = {
    ("# soma and a branching dendrite\n1 1 0 0 0 1 -1\n2 3 0 0 2 .5 1\n3 3 0 0 3 .4 2\n"
     "4 3 0 1 3 .3 2\n5 3 1.25e2 -1 3 .3 4\r\n6 2 0 0 1 1 1\n"),
    "1 1 0 0 0 2 -1\n2 1 0 -2 0 2 1\n3 1 0 2 0 2 1\n7 2 0 0 0x1p4 -nan 1\n4294967295 2 1 0 0 1 7",
    "10 3 6 0 0 1 9\r5 2 1 1 1 1 7\r9 3 5 0 0 1 1\r7.0 2 0 1 0 1 1\r1 1 0 0 0 1 -1 #\r"};

static const char *const asc_samples[] = {
    ("(\"CellBody\" (Color Red) (CellBody) (1 0 0 0.1) (1 1 0 0) (-1 0 0 0.1) (-1 1 0 0.1))\n"
     "((Axon) (0 0 0 5) (1 0 0 5 S1) ( (1 0 0 2) (2 0 0 1) Normal | (3 0 0 1) ) (4 0 0 1))"),
    ("((Font \"x\" 1) (Foo) (Dendrite) (0 0 0 1) ; comment\n <( spine (1 2 3))> (Dot1 (Name "
     "\"m\")\n"
     "(9 9 9)(8 8 8 8)) ((1 0 0 1) ((2 0 0 1) | (Color Red)(3 0 0 1) | ) High) Incomplete)"),
    "(Sections S1 (a (b)))((Apical)(1e3 -2.5e-1 +3 4)((1 2 3 4)((1 2 3 4)((5 5 5 5)))))"};

/* Pieces that mean something in one of the formats. */
static const char *const pieces[] = {"(",    ")",    "|",   "\n", " ",  "-1", "1e99", "0x",
                                     "nan",  "\"",   ";",   "<(", ")>", "#",  "\r",   "Incomplete",
                                     "(Dot", "Axon", "()(", ".",  "-",  "1 3"};

static size_t insert(char *text, size_t length, size_t at, const char *piece, size_t piece_length)
{
    if (length + piece_length > GREATEST)
        return length;
    memmove(text + at + piece_length, text + at, length - at);
    memcpy(text + at, piece, piece_length);
    return length + piece_length;
}

static size_t mutate(char *text, size_t length)
{
    size_t at = random_below(length + 1);
    size_t span = random_below(length - at + 1);
    const char *piece = pieces[random_below(sizeof pieces / sizeof *pieces)];
    char copy[GREATEST];
    switch (random_below(6)) {
    case 0:
        return at;
    case 1:
        if (at < length)
            text[at] = (char)random_below(256);
        return length;
    case 2:
        memmove(text + at, text + at + span, length - at - span);
        return length - span;
    case 3:
        memcpy(copy, text + at, span);
        return insert(text, length, random_below(length + 1), copy, span);
    default:
        return insert(text, length, at, piece, strlen(piece));
    }
}

static bool survives(parse_function *parse, const char *text, size_t length)
{
    si_morphology *morphology = NULL;
    si_error error = {0};
    si_result status = parse_exactly(parse, text, length, &morphology, &error);
    if (status == SI_OK)
        assert_consistent(morphology);
    else
        assert_true(error.result == status && strncmp(error.message, "test:", 5) == 0);
    si_morphology_free(morphology);
    return status == SI_OK;
}

static void mutate_texts(parse_function *parse, const char *const *samples, size_t count)
{
    char text[GREATEST];
    size_t valid = 0;
    for (size_t i = 0; i < count; i++)
        assert_true(survives(parse, samples[i], strlen(samples[i])));
    for (size_t round = 0; round < ROUNDS; round++) {
        const char *sample = samples[round % count];
        size_t length = strlen(sample);
        memcpy(text, sample, length);
        for (size_t change = random_below(6); length > 0 && change > 0; change--)
            length = mutate(text, length);
        valid += survives(parse, text, length);
    }
    /* Both ways out have been taken. */
    assert_in_range(valid, 1, ROUNDS - 1);
}

static void damaged_swc_files_are_survived(void **state)
{
    (void)state;
    mutate_texts(si_morphology_parse_swc, swc_samples, sizeof swc_samples / sizeof *swc_samples);
}

static void damaged_asc_files_are_survived(void **state)
{
    (void)state;
    mutate_texts(si_morphology_parse_asc, asc_samples, sizeof asc_samples / sizeof *asc_samples);
}

static void every_truncation_is_survived(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof swc_samples / sizeof *swc_samples; i++) {
        for (size_t length = 0; length <= strlen(swc_samples[i]); length++)
            survives(si_morphology_parse_swc, swc_samples[i], length);
    }
    for (size_t i = 0; i < sizeof asc_samples / sizeof *asc_samples; i++) {
        for (size_t length = 0; length <= strlen(asc_samples[i]); length++)
            survives(si_morphology_parse_asc, asc_samples[i], length);
    }
}

static bool read_survives(hid_t file)
{
    si_morphology *morphology = NULL;
    si_error error = {0};
    si_hdf5_lock();
    si_result status = si_morphology_read_hdf5_group(file, "test", &morphology, &error);
    si_hdf5_unlock();
    if (status == SI_OK)
        assert_consistent(morphology);
    else
        assert_true(error.result == status && strncmp(error.message, "test:", 5) == 0);
    si_morphology_free(morphology);
    return status == SI_OK;
}

/* Files that live in memory alone. */
static hid_t in_memory(void)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fapl_core(access, 4096, false);
    return access;
}

/* Wrong numbers in a file that HDF5 itself finds in order. */
static void wrong_structures_are_survived(void **state)
{
    (void)state;
    static const double values[] = {0, 1,  2,  3,  4,  5,          7,
                                    9, 19, 20, -1, -2, 2147483647, -2147483648.0};
    static const double points[40] = {0};
    hid_t access = in_memory();
    size_t valid = 0;
    for (size_t round = 0; round < ROUNDS; round++) {
        double structure[12] = {0, 1, -1, 3, 3, 0, 5, 3, 1, 7, 3, 1};
        for (size_t change = random_below(4); change > 0; change--)
            structure[random_below(12)] = values[random_below(sizeof values / sizeof *values)];
        hid_t file = H5Fcreate("memory", H5F_ACC_TRUNC, H5P_DEFAULT, access);
        write_table(file, "points", H5T_IEEE_F32LE, points, random_below(10), 4);
        write_table(file, "structure", H5T_STD_I32LE, structure, random_below(5), 3);
        valid += read_survives(file);
        H5Fclose(file);
    }
    assert_in_range(valid, 1, ROUNDS - 1);
    H5Pclose(access);
}

/* Where the numbers of a data set lie in the file. */
typedef struct extent {
    size_t begin;
    size_t length;
} extent;

static extent extent_of(hid_t file, const char *dataset)
{
    hid_t opened = H5Dopen2(file, dataset, H5P_DEFAULT);
    extent found = {(size_t)H5Dget_offset(opened), (size_t)H5Dget_storage_size(opened)};
    H5Dclose(opened);
    return found;
}

static char *sample_image(hid_t access, size_t *length, extent extents[2])
{
    hid_t file = H5Fcreate("memory", H5F_ACC_TRUNC, H5P_DEFAULT, access);
    write_sample(file, H5T_IEEE_F32LE, H5T_STD_I32LE);
    write_version(file, 1, 2, 0);
    extents[0] = extent_of(file, "points");
    extents[1] = extent_of(file, "structure");
    H5Fflush(file, H5F_SCOPE_GLOBAL);
    *length = (size_t)H5Fget_file_image(file, NULL, 0);
    char *image = malloc(*length);
    assert_true(H5Fget_file_image(file, image, *length) > 0);
    H5Fclose(file);
    return image;
}

static bool image_survives(hid_t access, char *image, size_t length)
{
    H5Pset_file_image(access, image, length);
    si_hdf5_lock();
    hid_t file = H5Fopen("memory", H5F_ACC_RDONLY, access);
    si_hdf5_unlock();
    bool valid = file >= 0 && read_survives(file);
    if (file >= 0)
        H5Fclose(file);
    return valid;
}

/* Only the numbers are damaged, and the end is cut off: in what HDF5 itself writes around them,
 * HDF5 1.10 does not find all damage before it reads out of bounds. */
static void damaged_hdf5_files_are_survived(void **state)
{
    (void)state;
    size_t length, valid = 0;
    extent extents[2];
    hid_t access = in_memory();
    char *original = sample_image(access, &length, extents);
    char *damaged = malloc(length);
    for (size_t round = 0; round < ROUNDS; round++) {
        memcpy(damaged, original, length);
        for (size_t change = random_below(4); change > 0; change--) {
            extent place = extents[random_below(2)];
            damaged[place.begin + random_below(place.length)] = (char)random_below(256);
        }
        size_t kept = random_below(8) ? length : random_below(length - 1) + 1;
        valid += image_survives(access, damaged, kept);
    }
    assert_in_range(valid, 1, ROUNDS - 1);
    H5Pclose(access);
    free(damaged);
    free(original);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damaged_swc_files_are_survived),
        cmocka_unit_test(damaged_asc_files_are_survived),
        cmocka_unit_test(every_truncation_is_survived),
        cmocka_unit_test(wrong_structures_are_survived),
        cmocka_unit_test(damaged_hdf5_files_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
