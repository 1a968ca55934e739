/* set-property: limits and weights of units while they run, kept in drop-ins as systemctl keeps them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/connection.h"
#include "ctl/edit_file.h"
#include "ctl/property.h"
#include "ctl/verbs.h"
#include "supervisor/load/key.h"
#include "supervisor/load/loader.h"

static const struct option_row options[] = {
	{ "runtime", 0, NULL, "until svinit ends only" },
	{ 0 },
};

struct property_change {
	struct context *context;
	const char *unit;               /* full name */
	char directory[PATH_MAX - 300]; /* of its drop-ins */
	char problem[512];              /* of a value */
};

static const char *section_of(const char *unit)
{
	return unit_type_from_name(unit) == UNIT_SLICE ? "Slice" : "Service";
}

/* A file of the machine's gets its drop-ins in the place that systemctl writes to; any other beside itself. */
static void choose_directory(struct property_change *change, const json_t *unit)
{
	static const char *const shared[] = { "/etc/systemd/", "/usr/", "/lib/", "/run/systemd/" };
	const char *fragment = property_text(unit, "FragmentPath"), *slash = fragment ? strrchr(fragment, '/') : NULL;
	bool is_shared = !slash;

	for (size_t i = 0; slash && i < sizeof shared / sizeof *shared; i++)
		is_shared |= strncmp(fragment, shared[i], strlen(shared[i])) == 0;
	if (option_is_given(change->context, "runtime"))
		snprintf(change->directory, sizeof change->directory, "%s/units/%s.d",
			 change->context->runtime_directory, change->unit);
	else if (!is_shared)
		snprintf(change->directory, sizeof change->directory, "%.*s/%s.d", (int)(slash - fragment), fragment,
			 change->unit);
	else
		snprintf(change->directory, sizeof change->directory, "/etc/systemd/system.control/%s.d", change->unit);
}

static void note_problem(void *context, const struct diagnostic *diagnostic)
{
	struct property_change *change = context;

	if (diagnostic->severity != DIAGNOSTIC_NOTE && !*change->problem)
		snprintf(change->problem, sizeof change->problem, "%s", diagnostic->text);
}

/* Reads the drop-in as a unit of its own: what the loader has to say of it is about the value. */
static bool check_text(struct property_change *change, const char *text)
{
	char *none[] = { NULL }, path[] = "/tmp/svctl-XXXXXX";
	struct loader_settings settings = { .directories = none, .report = note_problem, .context = change };
	struct unit_definition *definition = NULL;
	struct loader *loader = NULL;
	int fd = mkstemp(path);
	bool good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	*change->problem = '\0';
	if (good && loader_create(&settings, &loader) == 0)
		(void)loader_load_file_as(loader, path,
					  unit_type_from_name(change->unit) == UNIT_SLICE ? "x.slice" : "x.service",
					  &definition, NULL);
	unit_definition_release(definition);
	loader_destroy(loader);
	if (fd >= 0) {
		close(fd);
		unlink(path);
	}
	if (*change->problem)
		complain("%s", change->problem);
	return good && !*change->problem;
}

static bool make_directories(const char *path)
{
	char part[PATH_MAX];

	for (const char *slash = strchr(path + 1, '/');; slash = strchr(slash + 1, '/')) {
		snprintf(part, sizeof part, "%.*s", slash ? (int)(slash - path) : (int)strlen(path), path);
		if (mkdir(part, 0755) < 0 && errno != EEXIST)
			return false;
		if (!slash)
			return true;
	}
}

/* "KEY=VALUE" becomes 50-KEY.conf. */
static bool write_property(struct property_change *change, const char *assignment)
{
	const char *equals = strchr(assignment, '='), *section = section_of(change->unit);
	char name[128], path[PATH_MAX], text[4096];

	if (!equals || (size_t)(equals - assignment) >= sizeof name)
		return complain("%s: it is PROPERTY=VALUE", assignment), false;
	snprintf(name, sizeof name, "%.*s", (int)(equals - assignment), assignment);
	const struct key *key = key_find(section_find(section, unit_type_from_name(change->unit)), name);
	if (!key || !key_is_limit(key))
		return complain("%s cannot be set while a unit runs; svctl edit %s changes its file", name,
				change->unit),
		       false;
	/* Without a [Service] there is nothing to start, which is not what is asked about here. */
	snprintf(text, sizeof text, "[%s]\n%s%s\n", section, assignment,
		 strcmp(section, "Service") == 0 ? "\nExecStart=/bin/true" : "");
	if (!check_text(change, text))
		return false;
	snprintf(text, sizeof text, "# Written by svctl set-property.\n[%s]\n%s\n", section, assignment);
	snprintf(path, sizeof path, "%s/50-%s.conf", change->directory, name);
	struct edit_file file = { 0 };
	bool good = make_directories(change->directory) && edit_file_begin(&file, path, text, NULL) &&
		    edit_file_write(&file, text);
	edit_file_finish(&file);
	if (!good)
		complain("cannot write %s: %s", path, strerror(errno));
	return good;
}

static int run(struct context *context)
{
	struct property_change change = { .context = context };
	int status = STATUS_OK;
	json_t *names = string_array(context->arguments, 1);
	json_t *reply = call_or_complain(context, "Show", json_pack("{s:o}", "units", names), &status);
	const json_t *unit = json_array_get(json_object_get(reply, "units"), 0);

	change.unit = property_text(unit, "Id");
	if (change.unit) {
		choose_directory(&change, unit);
		for (size_t i = 1; context->arguments[i] && status == STATUS_OK; i++)
			if (!write_property(&change, context->arguments[i]))
				status = STATUS_FAILURE;
		if (status == STATUS_OK)
			json_decref(call_or_complain(context, "DaemonReload", json_object(), &status));
	} else if (status == STATUS_OK) {
		status = complain("no such unit: %s", context->arguments[0]);
	}
	json_decref(reply);
	return status;
}

const struct verb verb_set_property = {
	.name = "set-property",
	.synopsis = "UNIT PROPERTY=VALUE...",
	.summary = "change limits and weights of a unit, at once and for the next starts",
	.help = "The properties are the keys of systemd.resource-control(5). An empty value takes the key's setting "
		"back.\n",
	.options = options,
	.arguments_min = 2,
	.arguments_max = ARGUMENTS_ANY,
	.run = run,
};
