#include "supervisor/load/preset.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/glob.h"
#include "common/string_list.h"
#include "supervisor/load/text_file.h"

static const char *const system_paths[] = {
	"/etc/systemd/system-preset",     "/run/systemd/system-preset", "/usr/local/lib/systemd/system-preset",
	"/usr/lib/systemd/system-preset", "/lib/systemd/system-preset", NULL,
};

static const char *const user_paths[] = {
	"/etc/systemd/user-preset",
	"/run/systemd/user-preset",
	"/usr/local/lib/systemd/user-preset",
	"/usr/lib/systemd/user-preset",
	NULL,
};

static int by_base_name(const void *a, const void *b)
{
	return strcmp(basename(*(char *const *)a), basename(*(char *const *)b));
}

static bool is_hidden(char *const *files, const char *name)
{
	for (; files && *files; files++)
		if (strcmp(basename(*files), name) == 0)
			return true;
	return false;
}

static bool is_preset_name(const char *name)
{
	size_t length = strlen(name);

	return name[0] != '.' && length > 7 && strcmp(name + length - 7, ".preset") == 0;
}

static int collect(char ***files, const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *item;
	char file[PATH_MAX];
	int r = 0;

	while (directory && r == 0 && (item = readdir(directory)))
		if (is_preset_name(item->d_name) && !is_hidden(*files, item->d_name) &&
		    snprintf(file, sizeof file, "%s/%s", path, item->d_name) < (int)sizeof file)
			r = string_list_append(files, file);
	if (directory)
		closedir(directory);
	return r;
}

static int add_rule(struct preset_rules *rules, bool enable, char *pattern, char *rest)
{
	struct preset_rule rule = { .enable = enable, .pattern = strdup(pattern) };
	char *word, *state = NULL;
	int r = rule.pattern ? 0 : -ENOMEM;

	for (word = strtok_r(rest, " \t", &state); r == 0 && word; word = strtok_r(NULL, " \t", &state))
		r = string_list_append(&rule.instances, word);
	struct preset_rule *grown = r == 0 ? reallocarray(rules->rules, rules->count + 1, sizeof *rules->rules) : NULL;
	if (!grown) {
		free(rule.pattern);
		string_list_free(rule.instances);
		return -ENOMEM;
	}
	rules->rules = grown;
	rules->rules[rules->count++] = rule;
	return 0;
}

/* "enable PATTERN [INSTANCE…]"; what is neither that nor disable is left out. */
static int read_line(struct preset_rules *rules, char *line)
{
	char *state = NULL, *word = strtok_r(line, " \t", &state);
	bool enable = word && strcmp(word, "enable") == 0;

	if (!word || (!enable && strcmp(word, "disable") != 0) || rules->count >= PRESET_RULES_MAX)
		return 0;
	char *pattern = strtok_r(NULL, " \t", &state);
	return pattern ? add_rule(rules, enable, pattern, state) : 0;
}

static int read_file(struct preset_rules *rules, const char *path, struct text_file *file)
{
	char *line, *state = NULL;
	int r = text_file_read(file, path, NULL);

	if (r < 0 || file->is_mask)
		return r == -ENOMEM ? r : 0;
	for (line = strtok_r(file->data, "\n", &state); r == 0 && line; line = strtok_r(NULL, "\n", &state))
		if (line[0] != '#' && line[0] != ';')
			r = read_line(rules, line);
	return r;
}

static int read_files(struct preset_rules *rules, char **files)
{
	struct text_file file = { 0 };
	int r = 0;

	if (files)
		qsort(files, string_list_length(files), sizeof *files, by_base_name);
	for (char **path = files; r == 0 && path && *path; path++)
		r = read_file(rules, *path, &file);
	text_file_finish(&file);
	return r;
}

int preset_rules_read(struct preset_rules *rules, const struct unit_directories *directories)
{
	const char *const *path = directories->scope == UNIT_SCOPE_SYSTEM ? system_paths : user_paths;
	char **files = NULL, on_disk[PATH_MAX];
	int r = 0;

	*rules = (struct preset_rules){ 0 };
	for (; r == 0 && *path; path++)
		if (unit_directories_on_disk(directories, *path, on_disk))
			r = collect(&files, on_disk);
	if (r == 0)
		r = read_files(rules, files);
	string_list_free(files);
	if (r < 0)
		preset_rules_finish(rules);
	return r;
}

void preset_rules_finish(struct preset_rules *rules)
{
	for (size_t i = 0; i < rules->count; i++) {
		free(rules->rules[i].pattern);
		string_list_free(rules->rules[i].instances);
	}
	free(rules->rules);
	*rules = (struct preset_rules){ 0 };
}

/* A rule with instances is one for these alone, and for the template. */
static bool fits(const struct preset_rule *rule, const char *name)
{
	char template_name[UNIT_NAME_MAX + 1], instance[UNIT_NAME_MAX + 1];

	if (glob_match(rule->pattern, name))
		return true;
	return rule->instances && unit_name_is_instance(name) && unit_name_template(name, template_name) &&
	       glob_match(rule->pattern, template_name) && unit_name_instance(name, instance) &&
	       string_list_contains(rule->instances, instance);
}

bool preset_enables(const struct preset_rules *rules, const char *name, char *const **instances)
{
	if (instances)
		*instances = NULL;
	for (size_t i = 0; i < rules->count; i++) {
		const struct preset_rule *rule = &rules->rules[i];
		if (!fits(rule, name))
			continue;
		if (instances && unit_name_is_template(name))
			*instances = rule->instances;
		return rule->enable;
	}
	return true;
}
