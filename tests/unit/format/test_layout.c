/* Where sections lie, at sizes beyond those that tests can build. */
#include "unit/test.h"

#include "format/layout.h"

static const uint64_t counts[] = {
    0,       1,         31,         32,           33,         1024,
    1025,    1048576,   4194304,    17515592,     100000000,  10000000000,
    4794966, 178033615, 1234567890, 999999999999, 2796202 * 3};

static uint64_t end_of(const si_section *section)
{
    return section->offset +
           (section->bytes + SI_BLOCK_BYTES - 1) / SI_BLOCK_BYTES * SI_BLOCK_BYTES;
}

/* A section begins as soon after the one before as its alignment lets it. */
static void check_section(const si_section *before, const si_section *section)
{
    uint64_t unit = section->bytes >= SI_LARGE_SECTION_BYTES ? SI_LARGE_PAGE_BYTES : SI_BLOCK_BYTES;
    assert_int_equal(section->offset % unit, 0);
    assert_true(section->offset >= end_of(before));
    assert_true(section->offset - end_of(before) < unit);
}

static void check_layout(si_element_kind kind, uint64_t count)
{
    const si_element_type *type = si_element_type_of(kind);
    const si_section header = {0, SI_HEADER_BYTES};
    si_layout layout;
    assert_true(si_layout_compute(kind, count, &layout));
    check_section(&header, &layout.inner);
    check_section(&layout.inner, &layout.floats);
    assert_true(layout.floats.bytes >= count * type->float_count * sizeof(float));
    assert_true(layout.floats.bytes <
                (count + SI_LEAF_CAPACITY) * type->float_count * sizeof(float));
    const si_section *before = &layout.floats;
    for (unsigned i = 0; i < type->word_count; before = &layout.words[i++]) {
        check_section(before, &layout.words[i]);
        assert_int_equal(layout.words[i].bytes, count * sizeof(uint64_t));
    }
    for (unsigned i = 0; i < type->byte_count; before = &layout.bytes[i++]) {
        check_section(before, &layout.bytes[i]);
        assert_int_equal(layout.bytes[i].bytes, count);
    }
    assert_int_equal(layout.checksums.offset, end_of(before));
    assert_int_equal(layout.checksums.bytes,
                     (layout.checksums.offset / SI_BLOCK_BYTES - 1) * sizeof(uint64_t));
    assert_int_equal(layout.file_bytes, end_of(&layout.checksums));
}

static void sections_follow_each_other(void **state)
{
    (void)state;
    for (unsigned kind = SI_POINT; kind <= SI_SEGMENT; kind++)
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
            check_layout((si_element_kind)kind, counts[i]);
}

static void levels_end_in_one_root(void **state)
{
    (void)state;
    for (size_t i = 1; i < sizeof counts / sizeof *counts; i++) {
        si_layout layout;
        assert_true(si_layout_compute(SI_SEGMENT, counts[i], &layout));
        assert_int_equal(layout.node_count[layout.levels], 1);
        assert_int_equal(layout.level_offset[layout.levels], layout.inner.offset);
        assert_int_equal(layout.node_count[1], (layout.leaf_count + SI_FAN_OUT - 1) / SI_FAN_OUT);
        for (unsigned level = layout.levels; level > 1; level--)
            assert_int_equal(layout.level_offset[level - 1],
                             layout.level_offset[level] + layout.node_count[level] * SI_NODE_BYTES);
        assert_int_equal(layout.level_offset[1] + layout.node_count[1] * SI_NODE_BYTES,
                         layout.inner.offset + layout.inner.bytes);
    }
}

static void too_many_elements_have_no_layout(void **state)
{
    (void)state;
    si_layout layout;
    assert_false(si_layout_compute(SI_POINT, UINT64_MAX, &layout));
    assert_false(si_layout_compute(SI_SEGMENT, INT64_MAX / 128 + 1, &layout));
    assert_true(si_layout_compute(SI_SEGMENT, INT64_MAX / 128, &layout));
    assert_true(layout.file_bytes < INT64_MAX);
    assert_true(layout.levels <= SI_MAX_LEVELS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sections_follow_each_other),
        cmocka_unit_test(levels_end_in_one_root),
        cmocka_unit_test(too_many_elements_have_no_layout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
