/* OpenFile=PATH[:NAME[:OPTIONS]] of systemd.service(5). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "supervisor/load/unit_load.h"
#include "supervisor/load/values.h"
#include "supervisor/load/words.h"

enum { OPEN_FILES_MAX = 256, NAME_LENGTH_MAX = 255 };

static void free_file(struct open_file *file)
{
	free(file->path);
	free(file->name);
}

static void clear(struct service_options *options)
{
	for (unsigned i = 0; i < options->open_file_count; i++)
		free_file(&options->open_files[i]);
	free(options->open_files);
	options->open_files = NULL;
	options->open_file_count = 0;
}

/* "read-only,graceful"; false for a word that is none of them, or two that exclude each other. */
static bool take_flags(char *text, unsigned *flags)
{
	static const struct {
		const char *word;
		unsigned flag;
	} words[] = {
		{ "read-only", OPEN_FILE_READ_ONLY },
		{ "append", OPEN_FILE_APPEND },
		{ "truncate", OPEN_FILE_TRUNCATE },
		{ "graceful", OPEN_FILE_GRACEFUL },
	};
	unsigned exclusive = OPEN_FILE_READ_ONLY | OPEN_FILE_APPEND | OPEN_FILE_TRUNCATE;

	for (char *word; (word = strsep(&text, ",")) != NULL;) {
		size_t i = 0;
		while (i < sizeof words / sizeof *words && strcmp(words[i].word, word) != 0)
			i++;
		if (i == sizeof words / sizeof *words || (*flags & exclusive && words[i].flag & exclusive))
			return false;
		*flags |= words[i].flag;
	}
	return true;
}

/* What a descriptor may be called: no colon, no control characters. */
static bool is_name(const char *name)
{
	if (strlen(name) > NAME_LENGTH_MAX)
		return false;
	for (; *name; name++)
		if ((unsigned char)*name < ' ' || *name == 0x7f || *name == ':')
			return false;
	return true;
}

static int append(struct service_options *options, const struct open_file *file)
{
	struct open_file *grown = realloc(options->open_files, (options->open_file_count + 1) * sizeof *grown);

	if (!grown)
		return -ENOMEM;
	options->open_files = grown;
	grown[options->open_file_count++] = *file;
	return 0;
}

static const char *problem_with(const struct service_options *options, const struct open_file *file, const char *name,
				bool flags_known)
{
	if (*file->path != '/' || strchr(file->path, '\0') == file->path)
		return "does not begin with an absolute path";
	if (!flags_known)
		return "has options other than read-only, append, truncate (one of them) and graceful";
	if (!is_name(name))
		return "has a name that no descriptor can have";
	return options->open_file_count >= OPEN_FILES_MAX ? "is one too many" : NULL;
}

static int take(struct unit_load *load, const struct key *key, struct service_options *options, char *word)
{
	struct open_file file = { 0 };
	const char *path = strsep(&word, ":"), *name = strsep(&word, ":");
	bool flags_known = !word || take_flags(word, &file.flags);

	int r = specifiers_resolve(&load->specifiers, path, &file.path);
	if (r < 0)
		return r;
	if (!name || !*name)
		name = strrchr(file.path, '/') ? strrchr(file.path, '/') + 1 : file.path;
	const char *problem = problem_with(options, &file, name, flags_known);
	if (problem)
		load_report(load, DIAGNOSTIC_WARNING, "%s=%.100s %s, left out", key->name, file.path, problem);
	file.name = problem ? NULL : strdup(name);
	r = problem ? 0 : file.name ? append(options, &file) : -ENOMEM;
	if (problem || r < 0)
		free_file(&file);
	return r;
}

int read_open_file(struct unit_load *load, const struct key *key, char *value)
{
	struct service_options *options = unit_definition_own_service_options(load->definition);
	char *word;

	if (!options)
		return -ENOMEM;
	if (!*value)
		clear(options);
	int r = word_take(&value, &word, NULL);
	if (r > 0)
		r = take(load, key, options, word);
	else if (r < 0)
		load_report(load, DIAGNOSTIC_WARNING, "%s= has an unbalanced quote, left out", key->name);
	return r == -ENOMEM ? r : 0;
}
