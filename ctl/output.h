/*
 * What svctl prints goes through here: text from services is made harmless, columns fit the terminal, and colour and
 * symbols are used only where they can be shown.
 */
#ifndef SVCTL_OUTPUT_H
#define SVCTL_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct terminal {
	int width;    /* columns; 0: not a terminal, lines may be of any length */
	bool color;   /* a terminal, and neither NO_COLOR nor TERM=dumb */
	bool unicode; /* the locale is UTF-8 */
};

enum style {
	STYLE_PLAIN,
	STYLE_BOLD,
	STYLE_DIM,
	STYLE_GOOD,
	STYLE_BAD,
	STYLE_WARNING,
};

/* Looks at a stream. */
struct terminal terminal_of(FILE *stream);

/* The escape sequence that begins a style, and the one that ends it; "" where there is no colour. */
const char *style_begin(const struct terminal *terminal, enum style style);
const char *style_end(const struct terminal *terminal, enum style style);

/*
 * A copy without anything that could steer a terminal: control characters (but tabs), escape sequences, C1 controls and
 * bytes that are no UTF-8 become visible ("\x1b"). NULL when out of memory; the caller frees.
 */
char *text_harmless(const char *text, size_t length);
/* Writes harmless text; whole lines may stand in it where `keep_newlines`. */
void print_harmless(FILE *stream, const char *text, size_t length, bool keep_newlines);

/* Columns that a harmless text takes. */
size_t text_width(const char *text);
/* How many bytes of it fit in `columns`; *used: the columns they take. */
size_t text_fit(const char *text, size_t columns, size_t *used);

/* A table: cells are copied and made harmless, the width of the terminal is kept by shortening columns that may be. */
struct table;

struct table_column {
	const char *title;
	bool right;    /* numbers */
	bool flexible; /* may be shortened */
};

struct table *table_create(const struct terminal *terminal, const struct table_column *columns, size_t count);
void table_destroy(struct table *table);
/* Blanks between columns; 2 without. */
void table_set_gap(struct table *table, size_t gap);
/* The next cell of the row; a row is complete after as many as there are columns. NULL prints as "-". */
void table_cell(struct table *table, enum style style, const char *text);
void table_print(const struct table *table, FILE *stream, bool titles);

#endif
