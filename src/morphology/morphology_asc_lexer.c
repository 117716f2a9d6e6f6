/* Splits a Neurolucida ASC text into tokens, with one token of lookahead. */
#include "morphology/morphology_asc_lexer.h"

#include <stdbool.h>
#include <string.h>

#include "morphology/morphology_number.h"

typedef struct keyword {
    const char *name;
    size_t length;
    si_asc_kind kind;
} keyword;

#define KEYWORD(name, kind)                                                                        \
    {                                                                                              \
        name, sizeof name - 1, kind                                                                \
    }

static const keyword keywords[] = {
    KEYWORD("Color", SI_ASC_COLOR),
    KEYWORD("Font", SI_ASC_FONT),
    KEYWORD("Axon", SI_ASC_AXON),
    KEYWORD("axon", SI_ASC_AXON),
    KEYWORD("Apical", SI_ASC_APICAL),
    KEYWORD("apical", SI_ASC_APICAL),
    KEYWORD("Dendrite", SI_ASC_DENDRITE),
    KEYWORD("dendrite", SI_ASC_DENDRITE),
    KEYWORD("CellBody", SI_ASC_CELL_BODY),
    KEYWORD("cellBody", SI_ASC_CELL_BODY),
    KEYWORD("Cellbody", SI_ASC_CELL_BODY),
    KEYWORD("cellbody", SI_ASC_CELL_BODY),
    KEYWORD("Generated", SI_ASC_GENERATED),
    KEYWORD("High", SI_ASC_HIGH),
    KEYWORD("Low", SI_ASC_LOW),
    KEYWORD("Incomplete", SI_ASC_INCOMPLETE),
    KEYWORD("Normal", SI_ASC_NORMAL),
    KEYWORD("Midpoint", SI_ASC_MIDPOINT),
    KEYWORD("Origin", SI_ASC_ORIGIN),
};

/* Digits may follow these. */
static const keyword markers[] = {
    KEYWORD("Dot", SI_ASC_MARKER),
    KEYWORD("Plus", SI_ASC_MARKER),
    KEYWORD("Cross", SI_ASC_MARKER),
    KEYWORD("Splat", SI_ASC_MARKER),
    KEYWORD("Flower", SI_ASC_MARKER),
    KEYWORD("Circle", SI_ASC_MARKER),
    KEYWORD("TriStar", SI_ASC_MARKER),
    KEYWORD("OpenStar", SI_ASC_MARKER),
    KEYWORD("Asterisk", SI_ASC_MARKER),
    KEYWORD("SnowFlake", SI_ASC_MARKER),
    KEYWORD("OpenCircle", SI_ASC_MARKER),
    KEYWORD("ShadedStar", SI_ASC_MARKER),
    KEYWORD("FilledStar", SI_ASC_MARKER),
    KEYWORD("TexacoStar", SI_ASC_MARKER),
    KEYWORD("MoneyGreen", SI_ASC_MARKER),
    KEYWORD("DarkYellow", SI_ASC_MARKER),
    KEYWORD("OpenSquare", SI_ASC_MARKER),
    KEYWORD("OpenDiamond", SI_ASC_MARKER),
    KEYWORD("CircleArrow", SI_ASC_MARKER),
    KEYWORD("CircleCross", SI_ASC_MARKER),
    KEYWORD("OpenQuadStar", SI_ASC_MARKER),
    KEYWORD("DoubleCircle", SI_ASC_MARKER),
    KEYWORD("FilledSquare", SI_ASC_MARKER),
    KEYWORD("MalteseCross", SI_ASC_MARKER),
    KEYWORD("FilledCircle", SI_ASC_MARKER),
    KEYWORD("FilledDiamond", SI_ASC_MARKER),
    KEYWORD("FilledQuadStar", SI_ASC_MARKER),
    KEYWORD("OpenUpTriangle", SI_ASC_MARKER),
    KEYWORD("FilledUpTriangle", SI_ASC_MARKER),
    KEYWORD("OpenDownTriangle", SI_ASC_MARKER),
    KEYWORD("FilledDownTriangle", SI_ASC_MARKER),
};

static bool is_letter(char character)
{
    return (unsigned char)((character | 0x20) - 'a') < 26;
}

static si_asc_kind find_keyword(const keyword *table, size_t count, const char *name, size_t length)
{
    for (size_t i = 0; i < count; i++) {
        if (table[i].length == length && memcmp(table[i].name, name, length) == 0)
            return table[i].kind;
    }
    return SI_ASC_WORD;
}

static si_asc_kind classify_word(const char *word, size_t length)
{
    si_asc_kind kind = find_keyword(keywords, sizeof keywords / sizeof *keywords, word, length);
    if (kind != SI_ASC_WORD)
        return kind;
    while (length > 0 && si_is_digit(word[length - 1]))
        length--;
    return find_keyword(markers, sizeof markers / sizeof *markers, word, length);
}

static const char *skip_digits(const char *at, const char *end)
{
    while (at < end && si_is_digit(*at))
        at++;
    return at;
}

/* "Cell Body": the only keyword with a blank in it. Its length, or 0. */
static size_t length_of_cell_body(const char *at, const char *end)
{
    static const size_t length = sizeof "Cell Body" - 1;
    if ((size_t)(end - at) < length || memcmp(at + 1, "ell ", 4) != 0 ||
        memcmp(at + 6, "ody", 3) != 0)
        return 0;
    return (at[0] == 'C' || at[0] == 'c') && (at[5] == 'B' || at[5] == 'b') ? length : 0;
}

static si_asc_token read_word(const char *at, const char *end)
{
    const char *last = at;
    while (last < end && (is_letter(*last) || si_is_digit(*last)))
        last++;
    size_t length = (size_t)(last - at);
    size_t cell_body = length == 4 ? length_of_cell_body(at, end) : 0;
    if (cell_body)
        return (si_asc_token){SI_ASC_CELL_BODY, at, cell_body};
    if (length == 1)
        return (si_asc_token){SI_ASC_UNKNOWN, at, 1};
    return (si_asc_token){classify_word(at, length), at, length};
}

/* Where [+-]? digits [. digits]? [eE [+-]? digits]? ends; `at` if it does not begin there. */
static const char *end_of_number(const char *at, const char *end)
{
    const char *digits = at + (*at == '+' || *at == '-');
    const char *last = skip_digits(digits, end);
    if (last == digits)
        return at;
    if (last < end && *last == '.') {
        const char *fraction = skip_digits(last + 1, end);
        if (fraction > last + 1)
            last = fraction;
    }
    if (last < end && (*last == 'e' || *last == 'E')) {
        const char *exponent = last + 1;
        if (exponent < end && (*exponent == '+' || *exponent == '-'))
            exponent++;
        const char *after = skip_digits(exponent, end);
        if (after > exponent)
            last = after;
    }
    return last;
}

static size_t length_of_spine_open(const char *at, const char *end)
{
    const char *last = at + 1;
    while (last < end && (*last == ' ' || *last == '\t' || *last == '\r'))
        last++;
    return last < end && *last == '(' ? (size_t)(last - at) + 1 : 0;
}

static size_t length_of_string(const char *at, const char *end)
{
    const char *quote = memchr(at + 1, '"', (size_t)(end - at - 1));
    return quote ? (size_t)(quote - at) + 1 : 0;
}

/* A token of `length` characters; where that is 0, the one character is not known. */
static si_asc_token token_unless_empty(si_asc_kind kind, const char *at, size_t length)
{
    if (length == 0)
        return (si_asc_token){SI_ASC_UNKNOWN, at, 1};
    return (si_asc_token){kind, at, length};
}

static si_asc_token read_token(const char *at, const char *end)
{
    switch (*at) {
    case '(':
        return (si_asc_token){SI_ASC_OPEN, at, 1};
    case ')':
        if (at + 1 < end && at[1] == '>')
            return (si_asc_token){SI_ASC_SPINE_CLOSE, at, 2};
        return (si_asc_token){SI_ASC_CLOSE, at, 1};
    case ',':
        return (si_asc_token){SI_ASC_COMMA, at, 1};
    case '|':
        return (si_asc_token){SI_ASC_PIPE, at, 1};
    case '<':
        return token_unless_empty(SI_ASC_SPINE_OPEN, at, length_of_spine_open(at, end));
    case '"':
        return token_unless_empty(SI_ASC_STRING, at, length_of_string(at, end));
    default:
        if (is_letter(*at))
            return read_word(at, end);
        return token_unless_empty(SI_ASC_NUMBER, at, (size_t)(end_of_number(at, end) - at));
    }
}

/* Blanks, line ends, and comments up to the end of their line, which CR, LF and CRLF are. */
static const char *skip_space(const char *at, const char *end)
{
    for (; at < end; at++) {
        if (*at == ';') {
            while (at < end && *at != '\n' && *at != '\r')
                at++;
            if (at == end)
                return end;
        } else if (*at != ' ' && *at != '\n' && *at != '\t' && *at != '\r') {
            return at;
        }
    }
    return at;
}

static si_asc_token token_from(const char *at, const char *end)
{
    at = skip_space(at, end);
    return at == end ? (si_asc_token){SI_ASC_END, at, 0} : read_token(at, end);
}

void si_asc_lexer_start(si_asc_lexer *lexer, const si_source *source)
{
    lexer->source = source;
    lexer->next = token_from(source->begin, source->end);
    si_asc_lexer_advance(lexer);
}

void si_asc_lexer_advance(si_asc_lexer *lexer)
{
    lexer->current = lexer->next;
    lexer->next = token_from(lexer->next.begin + lexer->next.length, lexer->source->end);
}
