/* The points and branches of an expression in a Neurolucida ASC file. */
#include "base/memory.h"
#include "morphology/morphology_asc.h"
#include "morphology/morphology_number.h"

static si_asc_body *innermost(si_asc_parser *parser)
{
    return &parser->bodies[parser->depth - 1];
}

static si_result open_body(si_asc_parser *parser, si_asc_content content, si_asc_ending ending,
                           int32_t parent, si_error *error)
{
    void *grown = si_grow(parser->bodies, &parser->capacity, parser->depth + 1,
                          sizeof *parser->bodies);
    if (!grown)
        return si_fail_memory(error);
    parser->bodies = grown;
    parser->bodies[parser->depth++] = (si_asc_body){
        .content = content, .ending = ending, .parent = parent, .section = SI_ASC_NO_SECTION_YET};
    return SI_OK;
}

/* The first of the points that a body has before its next branches. */
static si_result begin_points(si_asc_parser *parser, uint8_t type, const si_asc_token *place,
                              const float point[3], float diameter, si_error *error)
{
    const si_asc_body *body = innermost(parser);
    si_morphology *morphology = parser->builder.morphology;
    if (body->content == SI_ASC_CONTENT_SOMA) {
        if (morphology->soma_point_count > 0)
            return si_asc_fail_token(parser, place, "no more soma: it is complete already", error);
        return SI_OK;
    }
    if (body->parent == SI_ASC_NO_SECTION_YET)
        return si_asc_fail_token(
            parser, place, "a point before the branches of the branch that this is in", error);
    SI_TRY(si_morphology_builder_begin_section(&parser->builder, type, body->parent, error));
    if (body->parent == SI_NO_PARENT)
        return SI_OK;
    /* The end of the parent is the beginning of the branch, which gives it its diameter. */
    const float *end_of_parent =
        morphology->points[morphology->section_offsets[body->parent + 1] - 1];
    if (si_same_position(end_of_parent, point))
        return SI_OK;
    return si_morphology_builder_add_point(&parser->builder, end_of_parent, diameter, error);
}

static si_result add_point(si_asc_parser *parser, uint8_t type, const si_asc_token *place,
                           const float point[3], float diameter, si_error *error)
{
    si_asc_body *body = innermost(parser);
    if (body->content == SI_ASC_CONTENT_MARKER)
        return SI_OK;
    if (body->point_count++ == 0)
        SI_TRY(begin_points(parser, type, place, point, diameter, error));
    if (body->content == SI_ASC_CONTENT_SOMA)
        return si_morphology_builder_add_soma_point(&parser->builder, point, diameter, error);
    return si_morphology_builder_add_point(&parser->builder, point, diameter, error);
}

/* The points so far are a section, or the soma. */
static void end_points(si_asc_parser *parser)
{
    si_asc_body *body = innermost(parser);
    if (body->point_count == 0)
        return;
    body->point_count = 0;
    if (body->content != SI_ASC_CONTENT_NEURITE)
        return;
    const si_morphology *morphology = parser->builder.morphology;
    int32_t section = (int32_t)(morphology->section_count - 1);
    size_t point_count = morphology->point_count - morphology->section_offsets[section];
    body->section = section;
    /* A branch that is just the end of its parent is no section: what branches off it branches off
     * the parent. */
    if (body->parent >= 0 && point_count == 1) {
        si_morphology_builder_drop_section(&parser->builder);
        body->section = body->parent;
    }
}

/* The current token as a number, whatever kind of token it is: "nan" is a word. */
static si_result read_coordinate(si_asc_parser *parser, float *value, si_error *error)
{
    const si_asc_token *token = &parser->lexer.current;
    const char *rest = token->begin;
    if (token->kind == SI_ASC_NUMBER || token->kind == SI_ASC_WORD)
        SI_TRY(si_number_read(token->begin, token->begin + token->length, &rest, value, error));
    if (rest == token->begin)
        return si_asc_fail_token(parser, token, "a number: a point is (x y z diameter)", error);
    si_asc_lexer_advance(&parser->lexer);
    return SI_OK;
}

/* "(x y z diameter)", perhaps with a word such as "S1" at the end. Points of markers may lack the
 * diameter. */
static si_result read_point(si_asc_parser *parser, uint8_t type, si_error *error)
{
    si_asc_lexer *lexer = &parser->lexer;
    si_asc_token place = lexer->current;
    float values[4] = {0};
    bool is_marker = innermost(parser)->content == SI_ASC_CONTENT_MARKER;
    si_asc_lexer_advance(lexer);
    for (int i = 0; i < 4; i++) {
        if (i == 3 && is_marker && lexer->current.kind == SI_ASC_CLOSE)
            break;
        SI_TRY(read_coordinate(parser, &values[i], error));
    }
    if (lexer->current.kind == SI_ASC_WORD)
        si_asc_lexer_advance(lexer);
    SI_TRY(si_asc_expect(parser, SI_ASC_CLOSE, "')' after the diameter of a point", error));
    return add_point(parser, type, &place, values, values[3], error);
}

/* "(Dot ... (x y z)...)": what is between the name and the first parenthesis does not matter. */
static si_result open_marker(si_asc_parser *parser, si_error *error)
{
    si_asc_lexer *lexer = &parser->lexer;
    do {
        si_asc_lexer_advance(lexer);
        if (lexer->current.kind == SI_ASC_END)
            return si_asc_fail_token(parser, &lexer->current, "'(' of a point of the marker",
                                     error);
    } while (lexer->current.kind != SI_ASC_OPEN);
    return open_body(parser, SI_ASC_CONTENT_MARKER, SI_ASC_ENDS_MARKER, SI_NO_PARENT, error);
}

static si_result open_branches(si_asc_parser *parser, si_error *error)
{
    end_points(parser);
    si_asc_lexer_advance(&parser->lexer);
    const si_asc_body *body = innermost(parser);
    return open_body(parser, body->content, SI_ASC_ENDS_BRANCH, body->section, error);
}

static si_result read_nested(si_asc_parser *parser, uint8_t type, si_error *error)
{
    si_asc_kind kind = parser->lexer.next.kind;
    if (kind == SI_ASC_NUMBER)
        return read_point(parser, type, error);
    if (kind == SI_ASC_OPEN)
        return open_branches(parser, error);
    if (kind == SI_ASC_MARKER)
        return open_marker(parser, error);
    if (si_asc_is_property(kind))
        return si_asc_skip_expression(parser, error);
    return si_asc_fail_token(parser, &parser->lexer.next,
                             "a number, '(', a marker or a property such as Color", error);
}

static si_result read_incomplete(si_asc_parser *parser, si_error *error)
{
    si_asc_lexer_advance(&parser->lexer);
    si_asc_kind kind = parser->lexer.current.kind;
    if (kind == SI_ASC_CLOSE || kind == SI_ASC_PIPE)
        return SI_OK;
    return si_asc_fail_token(parser, &parser->lexer.current, "')' or '|' after Incomplete", error);
}

static si_result skip_spine(si_asc_parser *parser, si_error *error)
{
    si_asc_lexer *lexer = &parser->lexer;
    while (lexer->current.kind != SI_ASC_END && lexer->current.kind != SI_ASC_SPINE_CLOSE)
        si_asc_lexer_advance(lexer);
    return si_asc_expect(parser, SI_ASC_SPINE_CLOSE, "')>' at the end of a spine", error);
}

/* At ')' or '|'. */
static si_result close_body(si_asc_parser *parser, si_error *error)
{
    end_points(parser);
    si_asc_body body = *innermost(parser);
    parser->depth--;
    if (body.ending == SI_ASC_ENDS_EXPRESSION)
        return SI_OK;
    if (body.ending == SI_ASC_ENDS_BRANCH && parser->lexer.current.kind == SI_ASC_PIPE) {
        si_asc_lexer_advance(&parser->lexer);
        return open_body(parser, body.content, body.ending, body.parent, error);
    }
    return si_asc_expect(parser, SI_ASC_CLOSE, "')'", error);
}

static si_result read_item(si_asc_parser *parser, uint8_t type, si_error *error)
{
    switch (parser->lexer.current.kind) {
    case SI_ASC_OPEN:
        return read_nested(parser, type, error);
    case SI_ASC_CLOSE:
    case SI_ASC_PIPE:
        return close_body(parser, error);
    case SI_ASC_INCOMPLETE:
        return read_incomplete(parser, error);
    case SI_ASC_SPINE_OPEN:
        return skip_spine(parser, error);
    case SI_ASC_STRING:
    case SI_ASC_NORMAL:
    case SI_ASC_HIGH:
    case SI_ASC_LOW:
    case SI_ASC_GENERATED:
    case SI_ASC_MIDPOINT:
    case SI_ASC_ORIGIN:
        si_asc_lexer_advance(&parser->lexer);
        return SI_OK;
    default:
        return si_asc_fail_token(parser, &parser->lexer.current, "a point, a branch, ')' or '|'",
                                 error);
    }
}

si_result si_asc_read_body(si_asc_parser *parser, si_asc_content content, uint8_t type,
                           si_error *error)
{
    SI_TRY(open_body(parser, content, SI_ASC_ENDS_EXPRESSION, SI_NO_PARENT, error));
    while (parser->depth > 0)
        SI_TRY(read_item(parser, type, error));
    return SI_OK;
}
