/*
 * Init scripts of System V as units, where no unit of that name is: what systemd-sysv-generator(8) makes of them. Some
 * of Debian's packages (exim4) have nothing else.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/string_list.h"
#include "supervisor/load/loader_internal.h"

static const char scripts[] = "/etc/init.d";

/* Nobody counts on them where the unit directories are not the machine's own. */
static bool has_scripts(const struct loader *loader)
{
	return !loader->settings.user_mode && string_list_contains(loader->settings.directories, "/etc/systemd/system");
}

/* "/etc/init.d/NAME" or "…/NAME.sh" of NAME.service; false: none that can be run. */
static bool script_path(const char *unit, char *path, size_t size)
{
	char prefix[UNIT_NAME_MAX + 1];
	const char *suffix = unit_name_suffix(unit);

	if (!suffix || strcmp(suffix, ".service") != 0 || unit_name_is_instance(unit) ||
	    !unit_name_prefix(unit, prefix))
		return false;
	for (const char *end = ""; end; end = *end ? NULL : ".sh") {
		snprintf(path, size, "%s/%s%s", scripts, prefix, end);
		if (access(path, X_OK) == 0)
			return true;
	}
	return false;
}

/* What a name in Required-Start: stands for. */
static bool facility(const char *word, char *name)
{
	static const struct {
		const char *facility, *unit;
	} known[] = {
		{ "$local_fs", "local-fs.target" },   { "$network", "network-online.target" },
		{ "$named", "nss-lookup.target" },    { "$portmap", "rpcbind.target" },
		{ "$remote_fs", "remote-fs.target" }, { "$time", "time-sync.target" },
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(word, known[i].facility) == 0) {
			unit_name_copy(known[i].unit, name);
			return true;
		}
	snprintf(name, UNIT_NAME_MAX + 1, "%.200s.service", word);
	return *word != '$' && unit_name_is_valid(name);
}

static void write_order(FILE *unit, char *words)
{
	char name[UNIT_NAME_MAX + 1], *state = NULL;

	for (char *word = strtok_r(words, " \t", &state); word; word = strtok_r(NULL, " \t", &state)) {
		if (!facility(word, name))
			continue;
		fprintf(unit, "After=%s\n", name);
		if (strcmp(name, "network-online.target") == 0)
			fprintf(unit, "Wants=%s\n", name);
	}
}

/* "# Keyword: words" of the block that begins with "### BEGIN INIT INFO". */
static void write_keyword(FILE *unit, char *line)
{
	char *colon = strchr(line, ':');

	if (strncmp(line, "# ", 2) != 0 || !colon)
		return;
	*colon = '\0';
	if (strcmp(line + 2, "Required-Start") == 0 || strcmp(line + 2, "Should-Start") == 0)
		write_order(unit, colon + 1);
	else if (strcmp(line + 2, "Short-Description") == 0)
		fprintf(unit, "Description=LSB: %s\n", colon + 1 + strspn(colon + 1, " \t"));
}

static void write_header(FILE *unit, char *text, const char *path)
{
	char *state = NULL, *begin = strstr(text, "### BEGIN INIT INFO");

	fprintf(unit, "[Unit]\nDescription=%s\nSourcePath=%s\n", path, path);
	for (char *line = begin ? strtok_r(begin, "\n", &state) : NULL; line; line = strtok_r(NULL, "\n", &state)) {
		if (strncmp(line, "### END", 7) == 0)
			return;
		write_keyword(unit, line);
	}
}

static void write_service(FILE *unit, const char *path, bool reloads)
{
	fprintf(unit,
		"[Service]\nType=forking\nRestart=no\nTimeoutSec=5min\nIgnoreSIGPIPE=no\nKillMode=process\n"
		"GuessMainPID=no\nRemainAfterExit=yes\nSuccessExitStatus=5 6\nExecStart=%s start\nExecStop=%s stop\n",
		path, path);
	if (reloads)
		fprintf(unit, "ExecReload=%s reload\n", path);
}

/* The usage line of a script that can be reloaded names it. */
static bool can_reload(const char *text)
{
	return strstr(text, "|reload") || strstr(text, "reload|") || strstr(text, "\treload)") ||
	       strstr(text, " reload)");
}

static char *unit_text(const char *path, char *script, size_t *length)
{
	char *text = NULL;
	bool reloads = can_reload(script);
	FILE *unit = open_memstream(&text, length);

	if (!unit)
		return NULL;
	write_header(unit, script, path);
	write_service(unit, path, reloads);
	if (fclose(unit) == 0)
		return text;
	free(text);
	return NULL;
}

int load_sysv_script(struct unit_load *load, bool *found)
{
	struct text_file *file = &load->loader->file;
	char path[PATH_MAX];
	size_t length;

	*found = false;
	if (!has_scripts(load->loader) || !script_path(load->definition->name, path, sizeof path) ||
	    text_file_read(file, path, NULL) < 0 || file->is_mask)
		return 0;
	char *text = unit_text(path, file->data, &length);
	load->definition->fragment_path = strdup(path);
	if (!text || !load->definition->fragment_path) {
		free(text);
		return -ENOMEM;
	}
	*found = true;
	load->definition->load_state = LOAD_STATE_LOADED;
	load_hash_text(load, text);
	int r = load_parse_text(load, path, text, length);
	free(text);
	return r;
}

/* "S01NAME" or "S01NAME.sh" → "NAME.service". */
static bool unit_of_link(const char *link, char *name)
{
	size_t length = strlen(link);

	if (length < 4 || link[0] != 'S' || !isdigit((unsigned char)link[1]) || !isdigit((unsigned char)link[2]))
		return false;
	if (length > 6 && strcmp(link + length - 3, ".sh") == 0)
		length -= 3;
	snprintf(name, UNIT_NAME_MAX + 1, "%.*s.service", (int)(length - 3 < 200 ? length - 3 : 200), link + 3);
	return unit_name_is_valid(name);
}

static int add_level(struct unit_load *load, const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *item;
	char name[UNIT_NAME_MAX + 1], script[PATH_MAX];
	int r = 0;

	while (directory && r >= 0 && (item = readdir(directory)))
		if (unit_of_link(item->d_name, name) && !directory_index_find(&load->loader->index, name) &&
		    script_path(name, script, sizeof script))
			r = load_add_dependency(load, DEPENDENCY_WANTS, name, false);
	if (directory)
		closedir(directory);
	return r;
}

int load_sysv_links(struct unit_load *load)
{
	static const char *const levels[] = { "/etc/rc2.d", "/etc/rc3.d", "/etc/rc4.d", "/etc/rc5.d" };
	int r = 0;

	if (!has_scripts(load->loader) || strcmp(load->definition->name, "multi-user.target") != 0)
		return 0;
	for (size_t i = 0; r >= 0 && i < sizeof levels / sizeof *levels; i++)
		r = add_level(load, levels[i]);
	return r;
}
