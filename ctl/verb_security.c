/* security: what keeps a unit from the rest of the machine, what of it holds, and why not. */
#include <string.h>

#include "ctl/connection.h"
#include "ctl/document.h"
#include "ctl/property.h"
#include "ctl/units.h"
#include "ctl/verbs.h"

static const struct {
	const char *property, *meaning;
} keys[] = {
	{ "User", "runs as an ordinary user" },
	{ "DynamicUser", "runs as a user that exists while it runs" },
	{ "NoNewPrivileges", "gains no privileges by executing programs" },
	{ "CapabilityBoundingSet", "has not all privileges of root" },
	{ "ProtectSystem", "cannot write to the system's files" },
	{ "ProtectHome", "has no part in the homes of users" },
	{ "PrivateTmp", "has /tmp for itself" },
	{ "PrivateDevices", "has no physical devices" },
	{ "DevicePolicy", "may open certain devices only" },
	{ "DeviceAllow", "may open these devices" },
	{ "PrivateNetwork", "has no network" },
	{ "NetworkNamespacePath", "has another network" },
	{ "IPAddressDeny", "may not speak with these addresses" },
	{ "IPAddressAllow", "may speak with these addresses all the same" },
	{ "PrivateIPC", "has IPC objects of its own" },
	{ "IPCNamespacePath", "has IPC objects of others" },
	{ "PrivatePIDs", "sees only its own processes" },
	{ "PrivateUsers", "sees only its own users" },
	{ "PrivateMounts", "has mounts of its own" },
	{ "ProtectKernelTunables", "cannot change the kernel's settings" },
	{ "ProtectKernelModules", "cannot load kernel modules" },
	{ "ProtectKernelLogs", "cannot read the kernel's log" },
	{ "ProtectControlGroups", "cannot change cgroups" },
	{ "ProtectClock", "cannot set the clock" },
	{ "ProtectHostname", "cannot change the host name" },
	{ "ProtectProc", "does not see processes of others" },
	{ "ProcSubset", "sees processes only in /proc" },
	{ "RootDirectory", "has another root directory" },
	{ "ReadOnlyPaths", "cannot write here" },
	{ "ReadWritePaths", "can write here all the same" },
	{ "InaccessiblePaths", "cannot look here" },
	{ "NoExecPaths", "cannot execute programs here" },
	{ "ExecPaths", "can execute programs here all the same" },
	{ "TemporaryFileSystem", "sees nothing here but what it wrote" },
	{ "BindPaths", "sees other places" },
	{ "BindReadOnlyPaths", "sees other places, and cannot write there" },
	{ "RestrictNamespaces", "may make these kinds of namespaces only" },
	{ "RestrictAddressFamilies", "may open these kinds of sockets only" },
	{ "RestrictRealtime", "cannot take the processor for itself" },
	{ "RestrictSUIDSGID", "cannot make set-user-ID programs" },
	{ "LockPersonality", "cannot change the execution domain" },
	{ "MemoryDenyWriteExecute", "cannot execute what it wrote" },
	{ "SystemCallFilter", "may make certain system calls only" },
	{ "SystemCallArchitectures", "may make system calls one way only" },
	{ "KeyringMode", "has keys of its own" },
	{ "AppArmorProfile", "is held to a profile" },
	{ "SELinuxContext", "is held to a context" },
	{ "SmackProcessLabel", "is held to a label" },
};

enum { KEY_COUNT = sizeof keys / sizeof *keys };

static const char *const own_properties[] = { "Id", "LoadState", "ActiveState", "ExecMainStartTimestamp",
					      "NotEnforced" };

enum { OWN_COUNT = sizeof own_properties / sizeof *own_properties };

static bool asks_for_nothing(const json_t *value)
{
	static const char *const words[] = { "no", "default", "all", "auto", "" };

	if (!value || json_is_null(value) || json_is_false(value))
		return true;
	if (json_is_array(value))
		return json_array_size(value) == 0;
	for (size_t i = 0; json_is_string(value) && i < sizeof words / sizeof *words; i++)
		if (strcmp(json_string_value(value), words[i]) == 0)
			return true;
	return false;
}

/* Behind "KEY=": why it does not hold. NULL: it does. */
static const char *why_not(const json_t *unit, const char *key)
{
	const json_t *item;
	size_t i, length = strlen(key);
	json_array_foreach(property_list(unit, "NotEnforced"), i, item) {
		const char *text = json_string_value(item);
		if (!text || strncmp(text, key, length) != 0 || text[length] != '=')
			continue;
		const char *colon = strchr(text + length, ':');
		return colon && colon[1] ? colon + 2 : "not enforced here";
	}
	return NULL;
}

static const char *meaning_of(const char *key)
{
	for (size_t i = 0; i < KEY_COUNT; i++)
		if (strcmp(keys[i].property, key) == 0)
			return keys[i].meaning;
	return "";
}

static json_t *judge_key(const json_t *unit, const char *key, const json_t *value)
{
	const char *why = why_not(unit, key);

	return json_pack("{s:s, s:O, s:b, s:s?, s:s}", "Key", key, "Value", value, "Holds", !why, "Why", why, "Meaning",
			 meaning_of(key));
}

/* Keys that were set and of which no property tells: those that nobody enforces. */
static void add_unknown(json_t *list, const json_t *unit)
{
	const json_t *item;
	char key[64];
	size_t i;
	json_array_foreach(property_list(unit, "NotEnforced"), i, item) {
		const char *text = json_string_value(item);
		size_t length = text ? strcspn(text, "=") : 0;
		if (length == 0 || length >= sizeof key)
			continue;
		memcpy(key, text, length);
		key[length] = '\0';
		if (!*meaning_of(key))
			json_array_append_new(list, judge_key(unit, key, json_null()));
	}
}

/* {Id, ActiveState, Keys: [{Key, Value, Holds, Why, Meaning}]} */
static json_t *judge(const json_t *unit)
{
	json_t *list = json_array();

	for (size_t i = 0; i < KEY_COUNT; i++) {
		const json_t *value = json_object_get(unit, keys[i].property);
		if (!asks_for_nothing(value))
			json_array_append_new(list, judge_key(unit, keys[i].property, value));
	}
	add_unknown(list, unit);
	return json_pack("{s:O?, s:O?, s:b, s:o}", "Id", json_object_get(unit, "Id"), "ActiveState",
			 json_object_get(unit, "ActiveState"), "Started",
			 property_number_or(unit, "ExecMainStartTimestamp", 0) > 0, "Keys", list);
}

static void value_text(const json_t *value, char *text, size_t size)
{
	const json_t *item;
	size_t i, used = 0;
	text[0] = '\0';
	if (json_is_true(value))
		snprintf(text, size, "yes");
	else if (json_is_string(value))
		snprintf(text, size, "%s", json_string_value(value));
	else if (json_is_integer(value))
		snprintf(text, size, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	json_array_foreach(value, i, item)
		if (used < size)
			used += (size_t)snprintf(text + used, size - used, "%s%s", i ? " " : "",
						 json_string_value(item) ? json_string_value(item) : "");
}

static void add_key(struct table *table, const json_t *key, bool started)
{
	bool holds = property_flag(key, "Holds");
	char value[512];

	value_text(json_object_get(key, "Value"), value, sizeof value);
	table_cell(table, STYLE_PLAIN, property_text(key, "Key"));
	table_cell(table, STYLE_PLAIN, value);
	table_cell(table,
		   !holds    ? STYLE_BAD
		   : started ? STYLE_GOOD
			     : STYLE_DIM,
		   !holds    ? "no"
		   : started ? "yes"
			     : "not started");
	table_cell(table, STYLE_PLAIN, property_text_or(key, holds ? "Meaning" : "Why", ""));
}

static void print_unit(const struct context *context, const json_t *judged)
{
	static const struct table_column columns[] = {
		{ "KEY", false, false }, { "VALUE", false, true }, { "HOLDS", false, false }, { "WHAT", false, true }
	};
	struct table *table = table_create(&context->terminal, columns, sizeof columns / sizeof *columns);
	const json_t *key, *list = property_list(judged, "Keys");
	size_t i;

	if (!table)
		return;
	printf("%s%s%s\n", style_begin(&context->terminal, STYLE_BOLD), property_text_or(judged, "Id", "-"),
	       style_end(&context->terminal, STYLE_BOLD));
	json_array_foreach(list, i, key)
		add_key(table, key, property_flag(judged, "Started"));
	if (json_array_size(list) > 0)
		table_print(table, stdout, context_has_legend(context));
	else
		puts("Nothing keeps it from the rest of the machine.");
	table_destroy(table);
}

static void add_summary(struct table *table, const json_t *judged)
{
	const json_t *key, *list = property_list(judged, "Keys");
	size_t i, held = 0, length = 0;
	char counts[32], missing[512] = "";

	json_array_foreach(list, i, key) {
		held += property_flag(key, "Holds");
		if (!property_flag(key, "Holds") && length < sizeof missing)
			length += (size_t)snprintf(missing + length, sizeof missing - length, "%s%s", length ? " " : "",
						   property_text_or(key, "Key", ""));
	}
	snprintf(counts, sizeof counts, "%zu of %zu", held, json_array_size(list));
	table_cell(table, STYLE_PLAIN, property_text(judged, "Id"));
	table_cell(table, held < json_array_size(list) ? STYLE_BAD : STYLE_PLAIN, counts);
	table_cell(table, STYLE_PLAIN, missing);
}

static void print_summary(const struct context *context, const json_t *all)
{
	static const struct table_column columns[] = { { "UNIT", false, true },
						       { "HOLDS", false, false },
						       { "DOES NOT HOLD", false, true } };
	struct table *table = table_create(&context->terminal, columns, sizeof columns / sizeof *columns);
	const json_t *judged;
	size_t i;

	if (!table)
		return;
	json_array_foreach(all, i, judged)
		add_summary(table, judged);
	table_print(table, stdout, context_has_legend(context));
	table_destroy(table);
}

static json_t *property_names(void)
{
	json_t *names = json_array();

	for (size_t i = 0; i < OWN_COUNT; i++)
		json_array_append_new(names, json_string(own_properties[i]));
	for (size_t i = 0; i < KEY_COUNT; i++)
		json_array_append_new(names, json_string(keys[i].property));
	return names;
}

/* Services alone have a sandbox. */
static bool is_service(const json_t *unit)
{
	const char *name = property_text_or(unit, "Id", ""), *suffix = strrchr(name, '.');

	return suffix && strcmp(suffix, ".service") == 0 &&
	       strcmp(property_text_or(unit, "LoadState", ""), "loaded") == 0;
}

static json_t *judge_all(const json_t *units)
{
	json_t *all = json_array();
	const json_t *unit;
	size_t i;

	json_array_foreach(units, i, unit)
		if (is_service(unit))
			json_array_append_new(all, judge(unit));
	return all;
}

static int run(struct context *context)
{
	int status = STATUS_OK;
	json_t *names = context->argument_count > 0 ? units_named(context) : json_pack("[s]", "*.service");
	json_t *reply =
		names ? call_or_complain(context, "Show",
					 json_pack("{s:o, s:o}", "units", names, "properties", property_names()),
					 &status)
		      : NULL;
	const json_t *judged;
	size_t i;

	if (!reply)
		return status ? status : STATUS_FAILURE;
	if (complain_missing(context, json_object_get(reply, "missing")) > 0)
		status = STATUS_NO_SUCH_UNIT;
	json_t *all = judge_all(json_object_get(reply, "units"));
	if (context->json)
		print_list_document(context, "units", all);
	else if (context->argument_count == 0)
		print_summary(context, all);
	else
		json_array_foreach(all, i, judged)
			print_unit(context, judged);
	json_decref(all);
	json_decref(reply);
	return status;
}

const struct verb verb_security = {
	.name = "security",
	.synopsis = "[UNIT...]",
	.summary =
		"show what of a unit's sandbox holds, what does not and why; without a unit, of all in one line each",
	.arguments_max = ARGUMENTS_ANY,
	.run = run,
	.paged = true,
};
