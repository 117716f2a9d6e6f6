/* Damaged heavy files: an error when they are opened, or answers; and verification finds it all. */
#include "unit/support/heavy_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FLIPS_OF_A_KIND full_or_sanitized(2500, 300)
#define FLIPS_IN_MANY full_or_sanitized(10, 3)
#define HOSTILE_FILES_OF_A_KIND full_or_sanitized(500, 300)

/* Two levels of nodes; what reads it all ten thousand times must be fast. */
#define FEW 1100
/* Several parts of a verification, three levels, and sections of many blocks. */
#define MANY 70000

/* ---- flipped bits ---- */

static void flip(const heavy_file *file, uint64_t offset, unsigned bit)
{
    char byte = (char)(file->sound[offset] ^ 1 << bit);
    put_bytes(file, offset, &byte, 1);
}

static void every_byte_of_the_header_counts(void **state)
{
    (void)state;
    heavy_file file = make_heavy_file(SI_SEGMENT, FEW, 1);
    uint64_t seed = 2;
    for (uint64_t offset = 0; offset < SI_HEADER_BYTES; offset++) {
        flip(&file, offset, (unsigned)(random_bits(&seed) % 8));
        assert_false(ask_everything(&file));
        assert_int_equal(count_damage(&file, NULL), 1);
        restore_bytes(&file, offset, 1);
    }
    assert_int_equal(count_damage(&file, NULL), 0);
    free_heavy_file(&file);
}

static void flip_bits(const heavy_file *file, unsigned flips, uint64_t *seed)
{
    for (unsigned i = 0; i < flips; i++) {
        uint64_t offset = random_bits(seed) % file->bytes;
        flip(file, offset, (unsigned)(random_bits(seed) % 8));
        assert_int_equal(ask_everything(file), offset >= SI_HEADER_BYTES);
        if (count_damage(file, NULL) == 0)
            fail_msg("the verification does not find the damage at byte %llu of %llu",
                     (unsigned long long)offset, (unsigned long long)file->bytes);
        restore_bytes(file, offset, 1);
    }
    assert_int_equal(count_damage(file, NULL), 0);
}

static void every_flipped_bit_is_found(void **state)
{
    (void)state;
    uint64_t seed = 3;
    for (unsigned kind = SI_POINT; kind <= SI_SEGMENT; kind++) {
        heavy_file file = make_heavy_file((si_element_kind)kind, FEW, kind);
        flip_bits(&file, FLIPS_OF_A_KIND, &seed);
        free_heavy_file(&file);
    }
    heavy_file file = make_heavy_file(SI_SEGMENT, MANY, 4);
    flip_bits(&file, FLIPS_IN_MANY, &seed);
    free_heavy_file(&file);
}

/* ---- truncation ---- */

static void assert_unreadable(const heavy_file *file, uint64_t length)
{
    assert_int_equal(ftruncate(file->descriptor, (off_t)length), 0);
    assert_false(ask_everything(file));
    assert_int_equal(count_damage(file, NULL), 1);
}

static void a_file_of_any_other_length_is_refused(void **state)
{
    (void)state;
    heavy_file file = make_heavy_file(SI_SYNAPSE, 40, 5);
    for (uint64_t length = 2 * file.bytes; length-- > 0;)
        if (length != file.bytes)
            assert_unreadable(&file, length);
    free_heavy_file(&file);
    file = make_heavy_file(SI_SEGMENT, MANY, 6);
    for (uint64_t length = 0; length < file.bytes; length += SI_BLOCK_BYTES) {
        restore_file(&file);
        assert_unreadable(&file, length);
    }
    free_heavy_file(&file);
}

/* ---- content that an attacker, or a wrong writer, has sealed ---- */

static uint32_t hostile_bits(uint64_t *seed)
{
    static const uint32_t bits[] = {0x7fc00000, 0xffc00000, 0x7f800000, 0xff800000,
                                    0x7f7fffff, 0xff7fffff, 0x80000000, 0x00000001,
                                    0xffffffff, 0x00000000, 0x7fa00001, 0x60000000};
    uint64_t choice = random_bits(seed);
    return choice % 4 ? bits[(choice >> 32) % (sizeof bits / sizeof *bits)] : (uint32_t)choice;
}

/* Runs of numbers anywhere behind the header. */
static void make_hostile(const heavy_file *file, uint64_t *seed)
{
    uint64_t places = (file->layout.checksums.offset - SI_HEADER_BYTES) / sizeof(uint32_t);
    for (unsigned runs = 1 + (unsigned)(random_bits(seed) % 6); runs > 0; runs--) {
        uint64_t place = random_bits(seed) % places, length = 1 + random_bits(seed) % 40;
        for (; length > 0 && place < places; length--, place++) {
            uint32_t bits = hostile_bits(seed);
            put_bytes(file, SI_HEADER_BYTES + place * sizeof bits, &bits, sizeof bits);
        }
    }
    seal(file);
}

static void hostile_content_harms_nobody(void **state)
{
    (void)state;
    uint64_t seed = 7;
    for (unsigned kind = SI_POINT; kind <= SI_SEGMENT; kind++) {
        heavy_file file = make_heavy_file((si_element_kind)kind, FEW, kind);
        for (unsigned i = 0; i < HOSTILE_FILES_OF_A_KIND; i++) {
            make_hostile(&file, &seed);
            assert_true(ask_everything(&file));
            count_damage(&file, NULL);
            restore_file(&file);
        }
        free_heavy_file(&file);
    }
}

/* `what` is in the first sentence. */
static void assert_finds(const heavy_file *file, const char *what)
{
    si_error sentence;
    seal(file);
    assert_true(ask_everything(file));
    uint64_t count = count_damage(file, &sentence);
    if (count == 0 || !strstr(sentence.message, what))
        fail_msg("expected a sentence with \"%s\", but %llu are found: %s", what,
                 (unsigned long long)count, sentence.message);
    restore_file(file);
}

static void put_float(const heavy_file *file, uint64_t offset, float value)
{
    put_bytes(file, offset, &value, sizeof value);
}

static void any_other_box_is_found(void **state)
{
    (void)state;
    uint64_t seed = 8;
    heavy_file file = make_heavy_file(SI_SEGMENT, FEW, 9);
    for (unsigned i = 0; i < 300; i++) {
        uint64_t offset = file.layout.inner.offset +
                          random_bits(&seed) % (file.layout.inner.bytes / 4) * 4;
        flip(&file, offset + i % 4, i / 4 % 8);
        assert_finds(&file, "");
    }
    put_float(&file, 56, -1000);
    assert_finds(&file, "the bounds in the header");
    free_heavy_file(&file);
}

static uint64_t float_at(const heavy_file *file, uint64_t element, unsigned column)
{
    const si_element_type *type = si_element_type_of(file->layout.kind);
    return file->layout.floats.offset + element / SI_LEAF_CAPACITY * si_leaf_float_bytes(type) +
           (column * SI_LEAF_CAPACITY + element % SI_LEAF_CAPACITY) * sizeof(float);
}

static void broken_values_are_found(void **state)
{
    (void)state;
    heavy_file file = make_heavy_file(SI_SEGMENT, FEW, 10);
    for (unsigned column = 0; column < 7; column++) {
        put_float(&file, float_at(&file, 700, column), column % 2 ? NAN : -INFINITY);
        assert_finds(&file, "element 700 ");
    }
    put_float(&file, float_at(&file, FEW - 1, 6), -1e-30f);
    assert_finds(&file, "a negative radius");
    for (unsigned column = 0; column < 7; column++) {
        put_float(&file, float_at(&file, FEW, column), 1);
        assert_finds(&file, "behind its 12 elements");
    }
    free_heavy_file(&file);
    file = make_heavy_file(SI_SPHERE, FEW, 10);
    put_float(&file, float_at(&file, 5, 3), -0.5f);
    assert_finds(&file, "a negative radius");
    free_heavy_file(&file);
}

static uint64_t find_soma(const heavy_file *file)
{
    for (uint64_t i = 0; i < FEW; i++) {
        uint64_t word;
        memcpy(&word, file->sound + file->layout.words[0].offset + i * sizeof word, sizeof word);
        if (si_unpack_segment_ids(word).section_id == 0)
            return i;
    }
    fail_msg("no soma among the elements");
    return 0;
}

static void a_soma_with_two_ends_is_found(void **state)
{
    (void)state;
    heavy_file file = make_heavy_file(SI_SEGMENT, FEW, 11);
    uint64_t soma = find_soma(&file);
    for (unsigned column = 3; column < 6; column++) {
        flip(&file, float_at(&file, soma, column), 0);
        assert_finds(&file, "is a soma, but its second end is not the first");
    }
    free_heavy_file(&file);
}

static void copy_value(const heavy_file *file, uint64_t from, uint64_t to, size_t size)
{
    put_bytes(file, to, file->sound + from, size);
}

/* Exchanges two elements. */
static void exchange(const heavy_file *file, uint64_t first, uint64_t second)
{
    const si_layout *layout = &file->layout;
    const si_element_type *type = si_element_type_of(layout->kind);
    const uint64_t elements[] = {first, second};
    for (unsigned i = 0; i < 2; i++) {
        uint64_t from = elements[i], to = elements[1 - i];
        for (unsigned column = 0; column < type->float_count; column++)
            copy_value(file, float_at(file, from, column), float_at(file, to, column), 4);
        for (unsigned column = 0; column < type->word_count; column++)
            copy_value(file, layout->words[column].offset + from * 8,
                       layout->words[column].offset + to * 8, 8);
        for (unsigned column = 0; column < type->byte_count; column++)
            copy_value(file, layout->bytes[column].offset + from, layout->bytes[column].offset + to,
                       1);
    }
}

static void wrong_order_is_found(void **state)
{
    (void)state;
    /* Within leaves, so that boxes stay; and where one part of the verification ends. */
    static const uint64_t places[] = {0, 17, 1000, 32767, MANY - 2};
    for (unsigned kind = SI_POINT; kind <= SI_SEGMENT; kind++) {
        heavy_file file = make_heavy_file((si_element_kind)kind, MANY, 12);
        for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
            exchange(&file, places[i], places[i] + 1);
            assert_finds(&file,
                         (places[i] + 1) % SI_LEAF_CAPACITY == 0 ? "" : "should stand before");
        }
        free_heavy_file(&file);
    }
}

/* Ids of elements in one place, which only they tell apart, and of equal ones. */
static void wrong_order_of_ids_is_found(void **state)
{
    (void)state;
    test_elements elements = {.kind = SI_POINT, .count = 100};
    float places[100][3] = {{0}};
    uint64_t ids[100];
    for (uint64_t i = 0; i < 100; i++)
        ids[i] = i / 2;
    elements.first = places;
    elements.id = ids;
    heavy_file file = make_heavy_file_of(&elements);
    assert_int_equal(count_damage(&file, NULL), 0);
    exchange(&file, 40, 41);
    seal(&file);
    assert_int_equal(count_damage(&file, NULL), 0);
    exchange(&file, 41, 42);
    assert_finds(&file, "element 42 (id 20) should stand before");
    free_heavy_file(&file);
}

static void used_padding_is_found(void **state)
{
    (void)state;
    heavy_file file = make_heavy_file(SI_SEGMENT, FEW, 13);
    const si_section *sections[] = {&file.layout.inner, &file.layout.floats, &file.layout.words[0],
                                    &file.layout.bytes[0]};
    for (size_t i = 0; i < 4; i++) {
        const si_section *section = sections[i];
        uint64_t end = section->offset + section->bytes;
        uint64_t last = (end + SI_BLOCK_BYTES - 1) / SI_BLOCK_BYTES * SI_BLOCK_BYTES - 1;
        assert_true(end <= last);
        flip(&file, end, 3);
        assert_finds(&file, "expected 0");
        flip(&file, last, 7);
        assert_finds(&file, "expected 0");
    }
    flip(&file, file.bytes - 1, 0);
    assert_finds(&file, "behind the checksums");
    free_heavy_file(&file);
}

/* ---- sound files ---- */

static void sound_files_have_no_damage(void **state)
{
    (void)state;
    static const uint64_t counts[] = {0, 1, 31, 32, 33, 1024, 1025, 32768, 32769, MANY};
    for (unsigned kind = SI_POINT; kind <= SI_SEGMENT; kind++) {
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
            si_error sentence = {.message = ""};
            heavy_file file = make_heavy_file((si_element_kind)kind, counts[i], 14 + i);
            if (count_damage(&file, &sentence) != 0)
                fail_msg("%s", sentence.message);
            assert_true(ask_everything(&file));
            seal(&file);
            assert_int_equal(count_damage(&file, NULL), 0);
            free_heavy_file(&file);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sound_files_have_no_damage),
        cmocka_unit_test(every_byte_of_the_header_counts),
        cmocka_unit_test(every_flipped_bit_is_found),
        cmocka_unit_test(a_file_of_any_other_length_is_refused),
        cmocka_unit_test(hostile_content_harms_nobody),
        cmocka_unit_test(any_other_box_is_found),
        cmocka_unit_test(broken_values_are_found),
        cmocka_unit_test(a_soma_with_two_ends_is_found),
        cmocka_unit_test(wrong_order_is_found),
        cmocka_unit_test(wrong_order_of_ids_is_found),
        cmocka_unit_test(used_padding_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
