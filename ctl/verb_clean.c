/* clean: the directories of a unit that is down, removed with all that is in them. */
#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/connection.h"
#include "ctl/property.h"
#include "ctl/units.h"
#include "ctl/verbs.h"

static const struct option_row options[] = {
	{ "what", 0, "WHAT,...", "runtime, cache (both without it), state, logs, configuration, all" },
	{ 0 },
};

static const struct directory_kind {
	const char *what, *property, *system, *variable, *below_home;
	bool by_default;
} kinds[] = {
	{ "runtime", "RuntimeDirectory", "/run", "XDG_RUNTIME_DIR", NULL, true },
	{ "cache", "CacheDirectory", "/var/cache", "XDG_CACHE_HOME", ".cache", true },
	{ "state", "StateDirectory", "/var/lib", "XDG_STATE_HOME", ".local/state", false },
	{ "logs", "LogsDirectory", "/var/log", "XDG_STATE_HOME", ".local/state", false },
	{ "configuration", "ConfigurationDirectory", "/etc", "XDG_CONFIG_HOME", ".config", false },
};

enum { KIND_COUNT = sizeof(kinds) / sizeof(*kinds) };

static bool has_word(const json_t *words, const char *word)
{
	const json_t *each;
	size_t i;
	json_array_foreach(words, i, each)
		if (strcmp(json_string_value(each), word) == 0)
			return true;
	return false;
}

static bool base_of(const struct context *context, const struct directory_kind *kind, char to[PATH_MAX])
{
	const char *own = getenv(kind->variable), *home = getenv("HOME");
	if (!context->user)
		return snprintf(to, PATH_MAX, "%s", kind->system) < PATH_MAX;
	if (own && *own == '/')
		return snprintf(to, PATH_MAX, "%s", own) < PATH_MAX;
	return kind->below_home && home && *home == '/' &&
	       snprintf(to, PATH_MAX, "%s/%s", home, kind->below_home) < PATH_MAX;
}

static bool is_removed(const FTSENT *entry)
{
	switch (entry->fts_info) {
	case FTS_D:
		return true; /* behind what is in it */
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		errno = entry->fts_errno;
		return entry->fts_level == 0 && errno == ENOENT;
	case FTS_DP:
		return rmdir(entry->fts_accpath) == 0;
	default:
		return unlink(entry->fts_accpath) == 0;
	}
}

/* No link is followed, and no other file system entered. */
static bool remove_tree(char *path)
{
	FTS *walk = fts_open((char *[]){ path, NULL }, FTS_PHYSICAL | FTS_XDEV | FTS_NOSTAT, NULL);
	FTSENT *entry;
	bool good = walk;
	while (good && (entry = fts_read(walk)))
		if (!is_removed(entry))
			good = complain("cannot remove %s: %s", entry->fts_path, strerror(errno)) == STATUS_OK;
	if (walk)
		fts_close(walk);
	return good;
}

/* "NAME:LINK": the link beside it goes too. Names never lead out of the base. */
static bool remove_directory(const struct context *context, const char *base, const char *text)
{
	size_t length = strcspn(text, ":");
	char path[PATH_MAX];
	if (length == 0 || text[0] == '/' || strstr(text, "..") ||
	    snprintf(path, sizeof(path), "%s/%.*s", base, (int)length, text) >= (int)sizeof(path))
		return true;
	if (!context->quiet && access(path, F_OK) == 0)
		fprintf(stderr, "Removing %s.\n", path);
	bool good = remove_tree(path);
	if (text[length] == ':' && text[length + 1] &&
	    snprintf(path, sizeof(path), "%s/%s", base, text + length + 1) < (int)sizeof(path))
		unlink(path);
	return good;
}

static bool clean_kind(const struct context *context, const struct directory_kind *kind, const json_t *unit)
{
	const json_t *names = property_list(unit, kind->property), *name;
	char base[PATH_MAX];
	bool good = true;
	size_t i;
	if (json_array_size(names) == 0 || !base_of(context, kind, base))
		return true;
	json_array_foreach(names, i, name)
		if (json_is_string(name))
			good &= remove_directory(context, base, json_string_value(name));
	return good;
}

static bool clean(const struct context *context, const json_t *unit, const json_t *what)
{
	const char *state = property_text_or(unit, "ActiveState", ""), *id = property_text_or(unit, "Id", "-");
	bool good = true;
	if (strcmp(property_text_or(unit, "LoadState", ""), "loaded") != 0)
		return complain("unit %s is %s", id, property_text_or(unit, "LoadState", "-")) == STATUS_OK;
	if (strcmp(state, "inactive") != 0 && strcmp(state, "failed") != 0)
		return complain("unit %s is %s; stop it first", id, state) == STATUS_OK;
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (what ? has_word(what, "all") || has_word(what, kinds[i].what) : kinds[i].by_default)
			good &= clean_kind(context, &kinds[i], unit);
	return good;
}

static bool knows(const json_t *what)
{
	const json_t *word;
	size_t i, j;
	json_array_foreach(what, i, word) {
		const char *text = json_string_value(word);
		for (j = 0; j < KIND_COUNT && strcmp(kinds[j].what, text) != 0; j++)
			;
		if (j == KIND_COUNT && strcmp(text, "all") != 0 && strcmp(text, "fdstore") != 0) {
			complain("--what=%s: must be runtime, cache, state, logs, configuration or all", text);
			return false;
		}
	}
	return true;
}

static int run(struct context *context)
{
	json_t *what = option_words(context, "what"), *unit;
	int status = knows(what) ? STATUS_OK : STATUS_FAILURE;
	size_t i;
	json_t *parameters = json_pack("{s:o, s:[ssssssss]}", "units", units_named(context), "properties", "Id",
				       "ActiveState", "LoadState", "RuntimeDirectory", "CacheDirectory",
				       "StateDirectory", "LogsDirectory", "ConfigurationDirectory");
	json_t *reply = NULL;
	if (status == STATUS_OK)
		reply = call_or_complain(context, "Show", parameters, &status);
	else
		json_decref(parameters);
	json_array_foreach(json_object_get(reply, "units"), i, unit)
		if (!clean(context, unit, what))
			status = STATUS_FAILURE;
	if (reply && complain_missing(context, json_object_get(reply, "missing")) > 0)
		status = STATUS_FAILURE;
	json_decref(reply);
	json_decref(what);
	return status;
}

const struct verb verb_clean = {
	.name = "clean",
	.synopsis = "UNIT...",
	.summary = "remove the runtime and cache directories of units that are down, or others with --what",
	.options = options,
	.arguments_min = 1,
	.arguments_max = ARGUMENTS_ANY,
	.run = run,
};
