/*
 * Reads Neurolucida ASC: nested expressions in parentheses.
 *
 * An expression at top level has a header of strings, properties and a type (CellBody, Axon,
 * Dendrite, Apical), and then a body: points "(x y z diameter)" and branches "( ... | ... )". The
 * points up to the branches are one section; each branch begins another one, at the last point of
 * its parent. Expressions without a type are markers, which are no part of the shape.
 *
 * The parser is a loop over a stack of open bodies, so that deep nesting costs memory and never the
 * stack of the thread.
 */
#include "morphology/morphology_asc.h"

#include <assert.h>
#include <string.h>

#include "base/memory.h"
#include "morphology/morphology_asc_lexer.h"
#include "morphology/morphology_builder.h"
#include "morphology/morphology_number.h"

/* What the points of an expression become. */
typedef enum asc_content {
    CONTENT_MARKER, /* nothing: markers are no part of the shape */
    CONTENT_SOMA,
    CONTENT_NEURITE
} asc_content;

/* The parent of a branch whose own branch has no section yet. */
#define NO_SECTION_YET (-2)

/* What is to happen where a list of points and branches ends. */
typedef enum asc_ending { ENDS_EXPRESSION, ENDS_MARKER, ENDS_BRANCH } asc_ending;

/* One list of points and branches that has been opened and not closed. */
typedef struct asc_body {
    asc_content content;
    asc_ending ending;
    int32_t parent;     /* section that the points hang on */
    int32_t section;    /* section that branches hang on */
    size_t point_count; /* read since the last branches */
} asc_body;

typedef struct asc_parser {
    const si_source *source;
    si_asc_lexer lexer;
    si_morphology_builder builder;
    asc_body *bodies; /* the innermost last: nesting costs memory, never stack */
    size_t depth;
    size_t capacity;
} asc_parser;

static bool is_part_of_number(char character)
{
    return si_is_digit(character) || (character && strchr("+-.eE", character));
}

/* ".5" and "5." are no numbers here: the lexer stumbles over their point or sign. The text around a
 * token that is one of these; false where it is something else. */
static bool find_half_number(const si_source *source, const si_asc_token *token, const char **begin,
                             size_t *length)
{
    const char *first = token->begin, *end = token->begin;
    bool has_digits = false, has_point = false;
    if (token->kind != SI_ASC_UNKNOWN || !strchr("+-.", *token->begin))
        return false;
    while (first > source->begin && si_is_digit(first[-1]))
        first--;
    if (first > source->begin && (first[-1] == '-' || first[-1] == '+'))
        first--;
    while (end < source->end && is_part_of_number(*end))
        end++;
    for (const char *at = first; at < end; at++) {
        has_digits = has_digits || si_is_digit(*at);
        has_point = has_point || *at == '.';
    }
    *begin = first;
    *length = (size_t)(end - first);
    return has_digits && has_point;
}

/* "found TOKEN, expected ..." at a token. */
static si_result fail_at_token(const asc_parser *parser, const si_asc_token *token,
                               const char *expected, si_error *error)
{
    const char *begin;
    size_t length;
    if (find_half_number(parser->source, token, &begin, &length))
        return si_source_fail(parser->source, begin, error,
                              "found %s, expected a number with digits on both sides of its point, "
                              "such as 0.5 or 5.0",
                              si_source_quote_exactly(begin, length).text);
    si_quotation found = token->kind == SI_ASC_END
                             ? si_source_quote(parser->source, token->begin)
                             : si_source_quote_exactly(token->begin, token->length);
    return si_source_fail(parser->source, token->begin, error, "found %s, expected %s", found.text,
                          expected);
}

static si_result expect_token(asc_parser *parser, si_asc_kind kind, const char *expected,
                              si_error *error)
{
    if (parser->lexer.current.kind != kind)
        return fail_at_token(parser, &parser->lexer.current, expected, error);
    si_asc_lexer_advance(&parser->lexer);
    return SI_OK;
}

/* Skips an expression from inside, or from its opening parenthesis, to after its closing one. */
static si_result skip_expression(asc_parser *parser, si_error *error)
{
    si_asc_lexer *lexer = &parser->lexer;
    for (size_t open = 1; open > 0;) {
        si_asc_lexer_advance(lexer);
        if (lexer->current.kind == SI_ASC_END)
            return fail_at_token(parser, &lexer->current, "')'", error);
        open += lexer->current.kind == SI_ASC_OPEN;
        open -= lexer->current.kind == SI_ASC_CLOSE;
    }
    si_asc_lexer_advance(lexer);
    return SI_OK;
}

/* Whether an expression that begins with such a token says nothing about the shape. */
static bool is_property(si_asc_kind kind)
{
    return kind == SI_ASC_WORD || kind == SI_ASC_COLOR || kind == SI_ASC_FONT ||
           kind == SI_ASC_GENERATED || kind == SI_ASC_HIGH || kind == SI_ASC_INCOMPLETE ||
           kind == SI_ASC_LOW || kind == SI_ASC_NORMAL;
}

/* ---------------------------------------------------------------------------------------- body */

static asc_body *innermost(asc_parser *parser)
{
    assert(parser->depth > 0);
    return &parser->bodies[parser->depth - 1];
}

static si_result open_body(asc_parser *parser, asc_content content, asc_ending ending,
                           int32_t parent, si_error *error)
{
    void *grown = si_grow(parser->bodies, &parser->capacity, parser->depth + 1,
                          sizeof *parser->bodies);
    if (!grown)
        return si_fail_memory(error);
    parser->bodies = grown;
    parser->bodies[parser->depth++] = (asc_body){
        .content = content, .ending = ending, .parent = parent, .section = NO_SECTION_YET};
    return SI_OK;
}

/* The first of the points that a body has before its next branches. */
static si_result begin_points(asc_parser *parser, uint8_t type, const si_asc_token *place,
                              const float point[3], float diameter, si_error *error)
{
    const asc_body *body = innermost(parser);
    si_morphology *morphology = parser->builder.morphology;
    if (body->content == CONTENT_SOMA) {
        if (morphology->soma_point_count > 0)
            return fail_at_token(parser, place, "no further soma: the soma is already complete",
                                 error);
        return SI_OK;
    }
    if (body->parent == NO_SECTION_YET)
        return fail_at_token(parser, place, "a point before the branches of the enclosing branch",
                             error);
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

static si_result add_point(asc_parser *parser, uint8_t type, const si_asc_token *place,
                           const float point[3], float diameter, si_error *error)
{
    asc_body *body = innermost(parser);
    if (body->content == CONTENT_MARKER)
        return SI_OK;
    if (body->point_count++ == 0)
        SI_TRY(begin_points(parser, type, place, point, diameter, error));
    if (body->content == CONTENT_SOMA)
        return si_morphology_builder_add_soma_point(&parser->builder, point, diameter, error);
    return si_morphology_builder_add_point(&parser->builder, point, diameter, error);
}

/* The points so far are a section, or the soma. */
static void end_points(asc_parser *parser)
{
    asc_body *body = innermost(parser);
    if (body->point_count == 0)
        return;
    body->point_count = 0;
    if (body->content != CONTENT_NEURITE)
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
static si_result read_coordinate(asc_parser *parser, float *value, si_error *error)
{
    const si_asc_token *token = &parser->lexer.current;
    const char *rest = token->begin;
    if (token->kind == SI_ASC_NUMBER || token->kind == SI_ASC_WORD)
        SI_TRY(si_number_read(token->begin, token->begin + token->length, &rest, value, error));
    if (rest == token->begin)
        return fail_at_token(parser, token, "a number: a point is (x y z diameter)", error);
    si_asc_lexer_advance(&parser->lexer);
    return SI_OK;
}

/* "(x y z diameter)", perhaps with a word such as "S1" at the end. Points of markers may lack the
 * diameter. */
static si_result read_point(asc_parser *parser, uint8_t type, si_error *error)
{
    si_asc_lexer *lexer = &parser->lexer;
    si_asc_token place = lexer->current;
    float values[4] = {0};
    bool is_marker = innermost(parser)->content == CONTENT_MARKER;
    si_asc_lexer_advance(lexer);
    for (int i = 0; i < 4; i++) {
        if (i == 3 && is_marker && lexer->current.kind == SI_ASC_CLOSE)
            break;
        SI_TRY(read_coordinate(parser, &values[i], error));
    }
    if (lexer->current.kind == SI_ASC_WORD)
        si_asc_lexer_advance(lexer);
    SI_TRY(expect_token(parser, SI_ASC_CLOSE, "')' after the diameter of a point", error));
    return add_point(parser, type, &place, values, values[3], error);
}

/* "(Dot ... (x y z)...)": what is between the name and the first parenthesis does not matter. */
static si_result open_marker(asc_parser *parser, si_error *error)
{
    si_asc_lexer *lexer = &parser->lexer;
    do {
        si_asc_lexer_advance(lexer);
        if (lexer->current.kind == SI_ASC_END)
            return fail_at_token(parser, &lexer->current, "'(' of a point of the marker", error);
    } while (lexer->current.kind != SI_ASC_OPEN);
    return open_body(parser, CONTENT_MARKER, ENDS_MARKER, SI_NO_PARENT, error);
}

static si_result open_branches(asc_parser *parser, si_error *error)
{
    end_points(parser);
    si_asc_lexer_advance(&parser->lexer);
    const asc_body *body = innermost(parser);
    return open_body(parser, body->content, ENDS_BRANCH, body->section, error);
}

static si_result read_nested(asc_parser *parser, uint8_t type, si_error *error)
{
    si_asc_kind kind = parser->lexer.next.kind;
    if (kind == SI_ASC_NUMBER)
        return read_point(parser, type, error);
    if (kind == SI_ASC_OPEN)
        return open_branches(parser, error);
    if (kind == SI_ASC_MARKER)
        return open_marker(parser, error);
    if (is_property(kind))
        return skip_expression(parser, error);
    return fail_at_token(parser, &parser->lexer.next,
                         "a number, '(', a marker or a property such as Color", error);
}

/* At ')' or '|'. */
static si_result close_body(asc_parser *parser, si_error *error)
{
    end_points(parser);
    asc_body body = *innermost(parser);
    parser->depth--;
    if (body.ending == ENDS_EXPRESSION)
        return SI_OK;
    if (body.ending == ENDS_BRANCH && parser->lexer.current.kind == SI_ASC_PIPE) {
        si_asc_lexer_advance(&parser->lexer);
        return open_body(parser, body.content, body.ending, body.parent, error);
    }
    return expect_token(parser, SI_ASC_CLOSE, "')'", error);
}

static si_result read_item(asc_parser *parser, uint8_t type, si_error *error)
{
    si_asc_lexer *lexer = &parser->lexer;
    switch (lexer->current.kind) {
    case SI_ASC_OPEN:
        return read_nested(parser, type, error);
    case SI_ASC_CLOSE:
    case SI_ASC_PIPE:
        return close_body(parser, error);
    case SI_ASC_INCOMPLETE:
        si_asc_lexer_advance(lexer);
        if (lexer->current.kind == SI_ASC_CLOSE || lexer->current.kind == SI_ASC_PIPE)
            return SI_OK;
        return fail_at_token(parser, &lexer->current, "')' or '|' after Incomplete", error);
    case SI_ASC_SPINE_OPEN:
        while (lexer->current.kind != SI_ASC_END && lexer->current.kind != SI_ASC_SPINE_CLOSE)
            si_asc_lexer_advance(lexer);
        return expect_token(parser, SI_ASC_SPINE_CLOSE, "')>' at the end of a spine", error);
    case SI_ASC_STRING:
    case SI_ASC_NORMAL:
    case SI_ASC_HIGH:
    case SI_ASC_LOW:
    case SI_ASC_GENERATED:
    case SI_ASC_MIDPOINT:
    case SI_ASC_ORIGIN:
        si_asc_lexer_advance(lexer);
        return SI_OK;
    default:
        return fail_at_token(parser, &lexer->current, "a point, a branch, ')' or '|'", error);
    }
}

/* Reads the body of an expression at top level. The token that ends it stays the current one. */
static si_result read_body(asc_parser *parser, asc_content content, uint8_t type, si_error *error)
{
    SI_TRY(open_body(parser, content, ENDS_EXPRESSION, SI_NO_PARENT, error));
    while (parser->depth > 0)
        SI_TRY(read_item(parser, type, error));
    return SI_OK;
}

/* -------------------------------------------------------------------------------------- header */

/* What the header of an expression has said so far. */
typedef struct header {
    asc_content content;
    uint8_t type;
} header;

/* ASCII only, whatever the locale. */
static char upper_case(char character)
{
    return character >= 'a' && character <= 'z' ? (char)(character - 'a' + 'A') : character;
}

/* Old files mark the soma by its label alone, with or without blanks, in any case. */
static bool is_soma_label(const si_asc_token *string)
{
    const char *expected = "CELLBODY";
    for (size_t i = 1; i + 1 < string->length; i++) {
        if (string->begin[i] == ' ')
            continue;
        if (*expected == '\0' || upper_case(string->begin[i]) != *expected)
            return false;
        expected++;
    }
    return *expected == '\0';
}

static bool set_type(header *found, si_asc_kind kind)
{
    switch (kind) {
    case SI_ASC_CELL_BODY:
        *found = (header){CONTENT_SOMA, SI_SECTION_SOMA};
        return true;
    case SI_ASC_AXON:
        *found = (header){CONTENT_NEURITE, SI_SECTION_AXON};
        return true;
    case SI_ASC_DENDRITE:
        *found = (header){CONTENT_NEURITE, SI_SECTION_BASAL_DENDRITE};
        return true;
    case SI_ASC_APICAL:
        *found = (header){CONTENT_NEURITE, SI_SECTION_APICAL_DENDRITE};
        return true;
    default:
        return false;
    }
}

/* An expression inside the header; `*is_point` where it is a point, which ends the header. */
static si_result read_header_expression(asc_parser *parser, header *found, bool *is_point,
                                        si_error *error)
{
    si_asc_kind kind = parser->lexer.next.kind;
    *is_point = kind == SI_ASC_NUMBER;
    if (*is_point)
        return SI_OK;
    if (is_property(kind)) {
        SI_TRY(skip_expression(parser, error));
        /* "(Font ...)" belongs to a text, which is the expression after it. */
        return kind == SI_ASC_FONT ? skip_expression(parser, error) : SI_OK;
    }
    if (!set_type(found, kind))
        return fail_at_token(parser, &parser->lexer.next,
                             "a number, a property such as Color, or CellBody, Axon, Dendrite "
                             "or Apical",
                             error);
    si_asc_lexer_advance(&parser->lexer);
    si_asc_lexer_advance(&parser->lexer);
    return expect_token(parser, SI_ASC_CLOSE, "')' after the type", error);
}

/* One item of the header; `*is_complete` where the body or the end of the expression follows. */
static si_result read_header_item(asc_parser *parser, header *found, bool *is_complete,
                                  si_error *error)
{
    si_asc_lexer *lexer = &parser->lexer;
    switch (lexer->current.kind) {
    case SI_ASC_STRING:
        if (is_soma_label(&lexer->current))
            set_type(found, SI_ASC_CELL_BODY);
        si_asc_lexer_advance(lexer);
        return SI_OK;
    case SI_ASC_MARKER:
        si_asc_lexer_advance(lexer);
        return SI_OK;
    case SI_ASC_WORD:
        /* Nothing of this expression matters; the next one goes on with this header. */
        SI_TRY(skip_expression(parser, error));
        return expect_token(parser, SI_ASC_OPEN, "'(' of another expression", error);
    case SI_ASC_CLOSE:
        *is_complete = true;
        return SI_OK;
    case SI_ASC_OPEN:
        return read_header_expression(parser, found, is_complete, error);
    default:
        return fail_at_token(parser, &lexer->current, "'(', ')', a word or a string", error);
    }
}

static si_result read_expression(asc_parser *parser, si_error *error)
{
    header found = {CONTENT_MARKER, 0};
    si_asc_lexer_advance(&parser->lexer);
    for (bool is_complete = false; !is_complete;)
        SI_TRY(read_header_item(parser, &found, &is_complete, error));
    if (parser->lexer.current.kind == SI_ASC_CLOSE)
        return SI_OK;
    return read_body(parser, found.content, found.type, error);
}

static si_result read_expressions(asc_parser *parser, si_error *error)
{
    si_asc_lexer *lexer = &parser->lexer;
    si_asc_lexer_start(lexer, parser->source);
    if (lexer->current.kind == SI_ASC_END)
        return si_fail(error, SI_ERROR_FORMAT, "%s: the file is empty, expected a morphology",
                       parser->source->path);
    while (lexer->current.kind != SI_ASC_END) {
        if (lexer->current.kind == SI_ASC_OPEN)
            SI_TRY(read_expression(parser, error));
        si_asc_lexer_advance(lexer);
    }
    if (parser->builder.morphology->soma_point_count == 1)
        return si_fail(error, SI_ERROR_FORMAT,
                       "%s: the soma has a single point, expected none or a contour",
                       parser->source->path);
    return SI_OK;
}

si_result si_morphology_parse_asc(const char *text, size_t length, const char *path,
                                  si_morphology **morphology, si_error *error)
{
    si_source source = {path, text, text + length};
    asc_parser parser = {.source = &source};
    SI_TRY(si_morphology_builder_start(&parser.builder, path, error));
    si_result result = read_expressions(&parser, error);
    si_free(parser.bodies);
    if (result != SI_OK) {
        si_morphology_builder_abandon(&parser.builder);
        return result;
    }
    size_t soma_points = parser.builder.morphology->soma_point_count;
    si_morphology_builder_finish(&parser.builder, si_contour_soma_type(soma_points), morphology);
    return SI_OK;
}
