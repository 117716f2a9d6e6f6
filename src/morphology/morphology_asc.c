/* Neurolucida ASC: nested expressions in parentheses. Here the top level and the header of each
 * expression; what follows the header is read by morphology_asc_body.c. */
#include "morphology/morphology_asc.h"

#include "base/memory.h"

/* What the header of an expression has said so far. */
typedef struct header {
    si_asc_content content;
    uint8_t type;
} header;

si_result si_asc_fail_token(const si_asc_parser *parser, const si_asc_token *token,
                            const char *expected, si_error *error)
{
    si_quotation found = token->kind == SI_ASC_END
                             ? si_source_quote(parser->source, token->begin)
                             : si_source_quote_exactly(token->begin, token->length);
    return si_source_fail(parser->source, token->begin, error, "found %s, expected %s", found.text,
                          expected);
}

si_result si_asc_expect(si_asc_parser *parser, si_asc_kind kind, const char *expected,
                        si_error *error)
{
    if (parser->lexer.current.kind != kind)
        return si_asc_fail_token(parser, &parser->lexer.current, expected, error);
    si_asc_lexer_advance(&parser->lexer);
    return SI_OK;
}

si_result si_asc_skip_expression(si_asc_parser *parser, si_error *error)
{
    si_asc_lexer *lexer = &parser->lexer;
    for (size_t open = 1; open > 0;) {
        si_asc_lexer_advance(lexer);
        if (lexer->current.kind == SI_ASC_END)
            return si_asc_fail_token(parser, &lexer->current, "')'", error);
        open += lexer->current.kind == SI_ASC_OPEN;
        open -= lexer->current.kind == SI_ASC_CLOSE;
    }
    si_asc_lexer_advance(lexer);
    return SI_OK;
}

bool si_asc_is_property(si_asc_kind kind)
{
    return kind == SI_ASC_WORD || kind == SI_ASC_COLOR || kind == SI_ASC_FONT ||
           kind == SI_ASC_GENERATED || kind == SI_ASC_HIGH || kind == SI_ASC_INCOMPLETE ||
           kind == SI_ASC_LOW || kind == SI_ASC_NORMAL;
}

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
        *found = (header){SI_ASC_CONTENT_SOMA, SI_SECTION_SOMA};
        return true;
    case SI_ASC_AXON:
        *found = (header){SI_ASC_CONTENT_NEURITE, SI_SECTION_AXON};
        return true;
    case SI_ASC_DENDRITE:
        *found = (header){SI_ASC_CONTENT_NEURITE, SI_SECTION_BASAL_DENDRITE};
        return true;
    case SI_ASC_APICAL:
        *found = (header){SI_ASC_CONTENT_NEURITE, SI_SECTION_APICAL_DENDRITE};
        return true;
    default:
        return false;
    }
}

/* "(Font ...)" belongs to a text, which is the expression after it. */
static si_result skip_header_property(si_asc_parser *parser, si_error *error)
{
    bool is_font = parser->lexer.next.kind == SI_ASC_FONT;
    SI_TRY(si_asc_skip_expression(parser, error));
    return is_font ? si_asc_skip_expression(parser, error) : SI_OK;
}

/* An expression inside the header; `*is_point` where it is a point, which ends the header. */
static si_result read_header_expression(si_asc_parser *parser, header *found, bool *is_point,
                                        si_error *error)
{
    si_asc_kind kind = parser->lexer.next.kind;
    *is_point = kind == SI_ASC_NUMBER;
    if (*is_point)
        return SI_OK;
    if (si_asc_is_property(kind))
        return skip_header_property(parser, error);
    if (!set_type(found, kind))
        return si_asc_fail_token(parser, &parser->lexer.next,
                                 "a number, a property such as Color, or CellBody, Axon, Dendrite "
                                 "or Apical",
                                 error);
    si_asc_lexer_advance(&parser->lexer);
    si_asc_lexer_advance(&parser->lexer);
    return si_asc_expect(parser, SI_ASC_CLOSE, "')' after the type", error);
}

/* One item of the header; `*is_complete` where the body or the end of the expression follows. */
static si_result read_header_item(si_asc_parser *parser, header *found, bool *is_complete,
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
        SI_TRY(si_asc_skip_expression(parser, error));
        return si_asc_expect(parser, SI_ASC_OPEN, "'(' of another expression", error);
    case SI_ASC_CLOSE:
        *is_complete = true;
        return SI_OK;
    case SI_ASC_OPEN:
        return read_header_expression(parser, found, is_complete, error);
    default:
        return si_asc_fail_token(parser, &lexer->current, "'(', ')', a word or a string", error);
    }
}

static si_result read_expression(si_asc_parser *parser, si_error *error)
{
    header found = {SI_ASC_CONTENT_MARKER, 0};
    si_asc_lexer_advance(&parser->lexer);
    for (bool is_complete = false; !is_complete;)
        SI_TRY(read_header_item(parser, &found, &is_complete, error));
    if (parser->lexer.current.kind == SI_ASC_CLOSE)
        return SI_OK;
    return si_asc_read_body(parser, found.content, found.type, error);
}

static si_result read_expressions(si_asc_parser *parser, si_error *error)
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
    return SI_OK;
}

static si_result read_all(si_asc_parser *parser, si_error *error)
{
    SI_TRY(read_expressions(parser, error));
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
    si_asc_parser parser = {.source = &source};
    SI_TRY(si_morphology_builder_start(&parser.builder, path, error));
    si_result result = read_all(&parser, error);
    si_free(parser.bodies);
    if (result != SI_OK) {
        si_morphology_builder_abandon(&parser.builder);
        return result;
    }
    size_t soma_points = parser.builder.morphology->soma_point_count;
    si_morphology_builder_finish(&parser.builder, si_contour_soma_type(soma_points), morphology);
    return SI_OK;
}
