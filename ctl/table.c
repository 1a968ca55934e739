#include <stdlib.h>
#include <string.h>

#include "ctl/output.h"

enum { COLUMN_GAP = 2, FLEXIBLE_MIN = 6, FLEXIBLE_GOOD = 16, FLEXIBLE_NAME = 32 };

struct cell {
	char *text;
	size_t width;
	enum style style;
};

struct table {
	struct terminal terminal;
	const struct table_column *columns;
	size_t column_count, gap;
	struct cell *cells;
	size_t cell_count, cell_capacity;
};

struct table *table_create(const struct terminal *terminal, const struct table_column *columns, size_t count)
{
	struct table *table = calloc(1, sizeof(*table));
	if (!table)
		return NULL;
	table->terminal = *terminal;
	table->columns = columns;
	table->column_count = count;
	table->gap = COLUMN_GAP;
	return table;
}

void table_destroy(struct table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < table->cell_count; i++)
		free(table->cells[i].text);
	free(table->cells);
	free(table);
}

void table_set_gap(struct table *table, size_t gap)
{
	table->gap = gap;
}

static bool table_grow(struct table *table)
{
	size_t capacity = table->cell_capacity ? table->cell_capacity * 2 : 64;
	struct cell *cells = reallocarray(table->cells, capacity, sizeof(*cells));
	if (!cells)
		return false;
	table->cells = cells;
	table->cell_capacity = capacity;
	return true;
}

static char *cell_text(const char *text)
{
	if (!text || !*text)
		return strdup("-");
	char *harmless = text_harmless(text, strcspn(text, "\n"));
	for (char *at = harmless; at && *at; at++)
		if (*at == '\t')
			*at = ' ';
	return harmless;
}

void table_cell(struct table *table, enum style style, const char *text)
{
	if (table->cell_count == table->cell_capacity && !table_grow(table))
		return;
	char *copy = cell_text(text);
	if (!copy)
		return;
	table->cells[table->cell_count++] = (struct cell){ .text = copy, .width = text_width(copy), .style = style };
}

static void natural_widths(const struct table *table, bool titles, size_t *widths)
{
	for (size_t i = 0; i < table->column_count; i++)
		widths[i] = titles ? text_width(table->columns[i].title) : 0;
	for (size_t i = 0; i < table->cell_count; i++) {
		size_t *width = &widths[i % table->column_count];
		if (table->cells[i].width > *width)
			*width = table->cells[i].width;
	}
}

/*
 * The column to shorten next; column_count when there is none. Names stand in front, and what is told of them behind:
 * that gives way first, for a name that is cut off helps nobody.
 */
static size_t next_flexible(const struct table *table, const size_t *widths)
{
	static const size_t least[][2] = { { FLEXIBLE_GOOD, FLEXIBLE_NAME }, { FLEXIBLE_MIN, FLEXIBLE_MIN } };
	for (size_t pass = 0; pass < sizeof(least) / sizeof(*least); pass++)
		for (size_t i = table->column_count; i-- > 0;)
			if (table->columns[i].flexible && widths[i] > least[pass][i == 0])
				return i;
	return table->column_count;
}

static void fit_widths(const struct table *table, size_t *widths)
{
	size_t total = table->gap * (table->column_count - 1), limit = (size_t)table->terminal.width;
	for (size_t i = 0; i < table->column_count; i++)
		total += widths[i];
	while (limit && total > limit) {
		size_t column = next_flexible(table, widths);
		if (column == table->column_count)
			return;
		widths[column]--;
		total--;
	}
}

static size_t print_shortened(const struct table *table, FILE *stream, const struct cell *cell, size_t width)
{
	const char *ellipsis = table->terminal.unicode ? "…" : "...";
	size_t mark = table->terminal.unicode ? 1 : 3, used;
	if (cell->width <= width) {
		fputs(cell->text, stream);
		return cell->width;
	}
	size_t bytes = text_fit(cell->text, width > mark ? width - mark : 0, &used);
	fwrite(cell->text, 1, bytes, stream);
	fputs(ellipsis, stream);
	return used + mark;
}

static void print_cell(const struct table *table, FILE *stream, size_t column, const struct cell *cell, size_t width)
{
	bool last = column + 1 == table->column_count, right = table->columns[column].right;
	size_t gap = last ? 0 : table->gap;
	if (right && cell->width < width)
		fprintf(stream, "%*s", (int)(width - cell->width), "");
	fputs(style_begin(&table->terminal, cell->style), stream);
	size_t used = print_shortened(table, stream, cell, width);
	fputs(style_end(&table->terminal, cell->style), stream);
	if (!last && !right && used < width)
		gap += width - used;
	fprintf(stream, "%*s", (int)gap, "");
}

static void print_titles(const struct table *table, FILE *stream, const size_t *widths)
{
	for (size_t i = 0; i < table->column_count; i++) {
		char title[64];
		snprintf(title, sizeof(title), "%s", table->columns[i].title);
		struct cell cell = { .text = title, .width = text_width(title), .style = STYLE_DIM };
		print_cell(table, stream, i, &cell, widths[i]);
	}
	putc('\n', stream);
}

void table_print(const struct table *table, FILE *stream, bool titles)
{
	size_t *widths = calloc(table->column_count, sizeof(*widths));
	if (!widths)
		return;
	natural_widths(table, titles, widths);
	fit_widths(table, widths);
	if (titles)
		print_titles(table, stream, widths);
	for (size_t i = 0; i + table->column_count <= table->cell_count; i += table->column_count) {
		for (size_t column = 0; column < table->column_count; column++)
			print_cell(table, stream, column, &table->cells[i + column], widths[column]);
		putc('\n', stream);
	}
	free(widths);
}
