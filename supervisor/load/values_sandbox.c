/* The sandbox: switches, lists that allow or deny, and system calls. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/errno_name.h"
#include "common/parse.h"
#include "common/string_list.h"
#include "common/system_call_group.h"
#include "supervisor/load/unit_load.h"
#include "supervisor/load/values.h"
#include "supervisor/load/words.h"

static int leave_out(struct unit_load *load, const struct key *key, const char *value, const char *expected)
{
	load_report(load, DIAGNOSTIC_WARNING, "%s=%.100s is not %s, left out", key->name, value, expected);
	return 0;
}

int read_switch(struct unit_load *load, const struct key *key, char *value)
{
	int *field = key_field(load, key);
	bool truth;

	if (!field)
		return -ENOMEM;
	/* ProtectHostname=yes:NAME */
	value[strcspn(value, ":")] = '\0';
	int index = parse_boolean(value, &truth) == 0 ? truth : parse_name(value, key->data, key->data_count);
	if (!*value)
		index = 0;
	if (index < 0)
		return leave_out(load, key, value, "one of its values");
	*field = index;
	return 0;
}

int read_given_boolean(struct unit_load *load, const struct key *key, char *value)
{
	bool *field = key_field(load, key);
	bool truth;

	if (!field)
		return -ENOMEM;
	if (*value && parse_boolean(value, &truth) < 0)
		return leave_out(load, key, value, "a boolean (yes or no)");
	field[0] = *value && truth;
	field[1] = *value != '\0';
	return 0;
}

int read_line(struct unit_load *load, const struct key *key, char *value)
{
	char ***list = key_field(load, key);
	char *text;

	if (!list)
		return -ENOMEM;
	if (!*value) {
		string_list_clear(list);
		return 0;
	}
	int r = specifiers_resolve(&load->specifiers, value, &text);
	if (r == 0)
		r = string_list_take(list, text);
	if (r == -E2BIG)
		leave_out(load, key, value, "short enough");
	return r == -ENOMEM ? r : 0;
}

int read_set_credential(struct unit_load *load, const struct key *key, char *value)
{
	if (*value && unescape(value) < 0)
		return leave_out(load, key, value, "properly escaped");
	return read_line(load, key, value);
}

int read_restrict_namespaces(struct unit_load *load, const struct key *key, char *value)
{
	static const struct {
		const char *name;
		uint64_t flag;
	} kinds[] = {
		{ "cgroup", CLONE_NEWCGROUP }, { "ipc", CLONE_NEWIPC },   { "net", CLONE_NEWNET },
		{ "mnt", CLONE_NEWNS },        { "pid", CLONE_NEWPID },   { "user", CLONE_NEWUSER },
		{ "uts", CLONE_NEWUTS },       { "time", CLONE_NEWTIME },
	};
	struct sandbox *sandbox = unit_definition_own_sandbox(load->definition);
	bool truth, inverted = *value == '~';
	uint64_t named = 0;
	char *word;

	if (!sandbox)
		return -ENOMEM;
	if (!*value || parse_boolean(value, &truth) == 0) {
		sandbox->restrict_namespaces = *value && truth;
		sandbox->namespaces_allowed = 0;
		return 0;
	}
	for (value += inverted; word_take(&value, &word, NULL) > 0;) {
		size_t i = 0, count = sizeof kinds / sizeof *kinds;
		while (i < count && strcmp(kinds[i].name, word) != 0)
			i++;
		if (i < count)
			named |= kinds[i].flag;
		else
			leave_out(load, key, word, "a kind of namespace");
	}
	if (!sandbox->restrict_namespaces)
		sandbox->namespaces_allowed = inverted ? ~named : named;
	else if (inverted)
		sandbox->namespaces_allowed &= ~named;
	else
		sandbox->namespaces_allowed |= named;
	sandbox->restrict_namespaces = true;
	return 0;
}

/* The first line says whether a list allows or denies; a line of the other kind takes words out again. */
static int read_families(struct sandbox *sandbox, char *value, bool inverted)
{
	bool adds = (sandbox->address_families == FILTER_DENY) == inverted;
	char *word;
	int r = 0;

	while (r == 0 && word_take(&value, &word, NULL) > 0) {
		if (!adds)
			string_list_remove(sandbox->address_family_names, word);
		else if (!string_list_contains(sandbox->address_family_names, word))
			r = string_list_append(&sandbox->address_family_names, word);
	}
	return r == -ENOMEM ? r : 0;
}

int read_address_families(struct unit_load *load, const struct key *key, char *value)
{
	struct sandbox *sandbox = unit_definition_own_sandbox(load->definition);
	bool inverted = *value == '~';

	(void)key;
	if (!sandbox)
		return -ENOMEM;
	if (!*value || strcmp(value, "none") == 0) {
		string_list_clear(&sandbox->address_family_names);
		sandbox->address_families = *value ? FILTER_ALLOW : FILTER_NONE;
		return 0;
	}
	if (sandbox->address_families == FILTER_NONE)
		sandbox->address_families = inverted ? FILTER_DENY : FILTER_ALLOW;
	return read_families(sandbox, value + inverted, inverted);
}

/* Which calls there are only svexec knows; groups and errors can be looked at here. */
static bool is_call(struct unit_load *load, const struct key *key, const char *word)
{
	char name[128];
	size_t length = strcspn(word, ":");

	if (length >= sizeof name || length == 0) {
		leave_out(load, key, word, "a system call");
		return false;
	}
	memcpy(name, word, length);
	name[length] = '\0';
	if (*name == '@' && strcmp(name, "@known") != 0 && !system_call_group_find(name)) {
		leave_out(load, key, word, "a group of system calls");
		return false;
	}
	if (word[length] && strcmp(word + length + 1, "kill") != 0 && errno_from_name(word + length + 1) < 0) {
		leave_out(load, key, word, "a system call with an error");
		return false;
	}
	return true;
}

static int append_call(char ***words, const char *word, bool inverted)
{
	char *text = NULL;

	if (asprintf(&text, "%c%s", inverted ? '-' : '+', word) < 0)
		return -ENOMEM;
	return string_list_take(words, text);
}

/* The field is the enum; the list of words stands right behind it. */
int read_system_calls(struct unit_load *load, const struct key *key, char *value)
{
	struct call_list {
		enum filter_mode mode;
		char **words;
	} *list = key_field(load, key);
	bool inverted = *value == '~';
	char *word;
	int r = 0;

	_Static_assert(offsetof(struct sandbox, system_call_words) - offsetof(struct sandbox, system_calls) ==
				       offsetof(struct call_list, words) &&
			       offsetof(struct sandbox, system_call_log_words) -
					       offsetof(struct sandbox, system_call_log) ==
				       offsetof(struct call_list, words),
		       "mode and words side by side");
	if (!list)
		return -ENOMEM;
	if (!*value) {
		string_list_clear(&list->words);
		list->mode = FILTER_NONE;
		return 0;
	}
	if (list->mode == FILTER_NONE)
		list->mode = inverted ? FILTER_DENY : FILTER_ALLOW;
	for (value += inverted; r == 0 && word_take(&value, &word, NULL) > 0;)
		if (is_call(load, key, word))
			r = append_call(&list->words, word, inverted);
	return r == -ENOMEM ? r : 0;
}

int read_system_call_error(struct unit_load *load, const struct key *key, char *value)
{
	char **field = key_field(load, key);

	if (!field)
		return -ENOMEM;
	bool kills = !*value || strcmp(value, "kill") == 0;
	if (!kills && errno_from_name(value) <= 0)
		return leave_out(load, key, value, "an error (such as EPERM)");
	free(*field);
	*field = kills ? NULL : strdup(value);
	return kills || *field ? 0 : -ENOMEM;
}

int read_architectures(struct unit_load *load, const struct key *key, char *value)
{
	static const char *const names[] = {
		"native",     "x86",     "x86-64",    "x32",           "arm",         "arm64",    "mips",    "mips64",
		"mips64-n32", "mips-le", "mips64-le", "mips64-le-n32", "parisc",      "parisc64", "ppc",     "ppc64",
		"ppc64-le",   "riscv64", "s390",      "s390x",         "loongarch64", "sparc",    "sparc64",
	};
	char ***list = key_field(load, key);
	char *word;
	int r = 0;

	if (!list)
		return -ENOMEM;
	if (!*value)
		string_list_clear(list);
	while (r == 0 && word_take(&value, &word, NULL) > 0)
		if (parse_name(word, names, sizeof names / sizeof *names) < 0)
			leave_out(load, key, word, "an architecture");
		else
			r = string_list_append(list, word);
	return r == -ENOMEM ? r : 0;
}
