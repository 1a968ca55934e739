#include "supervisor/load/setting_place.h"

#include <string.h>

#include "supervisor/load/text_file.h"
#include "supervisor/load/unit_file.h"

struct search {
	const char *key, *word, *path;
	bool found;
	struct setting_place *place;
};

static int compare_assignment(void *context, const struct assignment *assignment)
{
	struct search *search = context;
	const char *found = strstr(assignment->value, search->word);

	if (strcmp(assignment->key, search->key) != 0 || (search->found && !found))
		return 0;
	search->found = found;
	*search->place = (struct setting_place){
		.path = search->path,
		.line = assignment->line,
		.column = assignment->column + (unsigned)(found ? found - assignment->value : 0),
	};
	return 0;
}

static void pass_over(void *context, unsigned line, unsigned column, const char *text)
{
	(void)context;
	(void)line;
	(void)column;
	(void)text;
}

static void search_file(struct search *search, const char *path)
{
	const struct unit_file_handler handler = {
		.assign = compare_assignment,
		.complain = pass_over,
		.context = search,
	};
	struct text_file file = { 0 };

	search->path = path;
	if (text_file_read(&file, path, NULL) == 0 && !file.is_mask)
		unit_file_parse(file.data, file.length, &handler);
	text_file_finish(&file);
}

void setting_place_find(const struct unit_definition *definition, const char *key, const char *word,
			struct setting_place *place)
{
	struct search search = { .key = key, .word = word, .place = place };

	*place = (struct setting_place){ .path = definition->fragment_path };
	if (definition->fragment_path)
		search_file(&search, definition->fragment_path);
	for (char **path = definition->drop_in_paths; path && *path; path++)
		search_file(&search, *path);
}
