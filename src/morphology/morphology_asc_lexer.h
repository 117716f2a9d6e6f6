/* The tokens of a Neurolucida ASC file. */
#ifndef SI_MORPHOLOGY_MORPHOLOGY_ASC_LEXER_H
#define SI_MORPHOLOGY_MORPHOLOGY_ASC_LEXER_H

#include "morphology/morphology_source.h"

typedef enum si_asc_kind {
    SI_ASC_END,
    SI_ASC_UNKNOWN, /* one character that begins no token */
    SI_ASC_OPEN,
    SI_ASC_CLOSE,
    SI_ASC_SPINE_OPEN,
    SI_ASC_SPINE_CLOSE,
    SI_ASC_COMMA,
    SI_ASC_PIPE,
    SI_ASC_STRING,
    SI_ASC_NUMBER,
    SI_ASC_WORD,
    SI_ASC_AXON,
    SI_ASC_APICAL,
    SI_ASC_DENDRITE,
    SI_ASC_CELL_BODY,
    SI_ASC_COLOR,
    SI_ASC_FONT,
    SI_ASC_MARKER,
    SI_ASC_GENERATED,
    SI_ASC_HIGH,
    SI_ASC_INCOMPLETE,
    SI_ASC_LOW,
    SI_ASC_NORMAL,
    SI_ASC_MIDPOINT,
    SI_ASC_ORIGIN
} si_asc_kind;

typedef struct si_asc_token {
    si_asc_kind kind;
    const char *begin;
    size_t length;
} si_asc_token;

typedef struct si_asc_lexer {
    const si_source *source;
    si_asc_token current;
    si_asc_token next;
} si_asc_lexer;

void si_asc_lexer_start(si_asc_lexer *lexer, const si_source *source);
/* At the end of the text, the current token stays SI_ASC_END. */
void si_asc_lexer_advance(si_asc_lexer *lexer);

#endif
