/* The parts of the Neurolucida ASC reader. */
#ifndef SI_MORPHOLOGY_MORPHOLOGY_ASC_H
#define SI_MORPHOLOGY_MORPHOLOGY_ASC_H

#include "morphology/morphology_asc_lexer.h"
#include "morphology/morphology_builder.h"

/* What the points of an expression become. */
typedef enum si_asc_content {
    SI_ASC_CONTENT_MARKER, /* nothing: markers are no part of the shape */
    SI_ASC_CONTENT_SOMA,
    SI_ASC_CONTENT_NEURITE
} si_asc_content;

/* The parent of a branch whose own branch has no section yet. */
#define SI_ASC_NO_SECTION_YET (-2)

/* What is to happen where a list of points and branches ends. */
typedef enum si_asc_ending {
    SI_ASC_ENDS_EXPRESSION,
    SI_ASC_ENDS_MARKER,
    SI_ASC_ENDS_BRANCH
} si_asc_ending;

/* One list of points and branches that has been opened and not closed. */
typedef struct si_asc_body {
    si_asc_content content;
    si_asc_ending ending;
    int32_t parent;     /* section that the points hang on */
    int32_t section;    /* section that branches hang on */
    size_t point_count; /* read since the last branches */
} si_asc_body;

typedef struct si_asc_parser {
    const si_source *source;
    si_asc_lexer lexer;
    si_morphology_builder builder;
    si_asc_body *bodies; /* the innermost last: nesting costs memory, never stack */
    size_t depth;
    size_t capacity;
} si_asc_parser;

/* Reads one list of points and branches of an expression at top level. The token that ends it stays
 * the current one. */
si_result si_asc_read_body(si_asc_parser *parser, si_asc_content content, uint8_t type,
                           si_error *error);

/* "found TOKEN, expected ..." at a token. */
si_result si_asc_fail_token(const si_asc_parser *parser, const si_asc_token *token,
                            const char *expected, si_error *error);
si_result si_asc_expect(si_asc_parser *parser, si_asc_kind kind, const char *expected,
                        si_error *error);

/* Skips an expression from inside, or from its opening parenthesis, to after its closing one. */
si_result si_asc_skip_expression(si_asc_parser *parser, si_error *error);
/* Whether an expression that begins with such a token says nothing about the shape. */
bool si_asc_is_property(si_asc_kind kind);

#endif
