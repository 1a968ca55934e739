/* Comparisons with versions: of the kernel, of the C library, of the unit language. */
#include <fnmatch.h>
#include <gnu/libc-version.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "supervisor/condition_tests.h"

/* The version of systemd whose unit language is spoken here. */
static const char language_version[] = "259";

enum comparison comparison_take(const char **text, enum comparison otherwise)
{
	static const struct {
		const char *sign;
		enum comparison comparison;
	} signs[] = {
		{ "<=", COMPARE_AT_MOST }, { ">=", COMPARE_AT_LEAST }, { "!=", COMPARE_UNEQUAL },
		{ "<>", COMPARE_UNEQUAL }, { "==", COMPARE_EQUAL },    { "<", COMPARE_LESS },
		{ ">", COMPARE_MORE },     { "=", COMPARE_EQUAL },
	};

	*text += strspn(*text, " \t");
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
		size_t length = strlen(signs[i].sign);
		if (strncmp(*text, signs[i].sign, length) == 0) {
			*text += length;
			*text += strspn(*text, " \t");
			return signs[i].comparison;
		}
	}
	return otherwise;
}

bool comparison_judge(enum comparison comparison, int order)
{
	switch (comparison) {
	case COMPARE_LESS:
		return order < 0;
	case COMPARE_AT_MOST:
		return order <= 0;
	case COMPARE_EQUAL:
		return order == 0;
	case COMPARE_UNEQUAL:
		return order != 0;
	case COMPARE_AT_LEAST:
		return order >= 0;
	case COMPARE_MORE:
		return order > 0;
	}
	return false;
}

static bool version_matches(const char *present, const char *wanted)
{
	char copy[512], *rest = NULL;

	snprintf(copy, sizeof copy, "%s", wanted);
	for (char *word = strtok_r(copy, " \t", &rest); word; word = strtok_r(NULL, " \t", &rest)) {
		const char *version = word;
		bool plain = !strchr("<>=!$", *word);
		enum comparison comparison = comparison_take(&version, COMPARE_EQUAL);
		if (!*version) /* "< 6.1" with a space: the version is the next word */
			version = strtok_r(NULL, " \t", &rest);
		if (!version)
			return false;
		if (plain || comparison == COMPARE_EQUAL ? fnmatch(version, present, 0) != 0
							 : !comparison_judge(comparison, strverscmp(present, version)))
			return false;
	}
	return true;
}

bool condition_kernel_version(const char *wanted)
{
	struct utsname name;

	return uname(&name) == 0 && version_matches(name.release, wanted);
}

/* "systemd", "glibc" or "kernel" and a comparison; the kernel's where none of them stands. */
bool condition_version(const char *wanted)
{
	size_t length = strspn(wanted, "abcdefghijklmnopqrstuvwxyz");

	if (length == 7 && strncmp(wanted, "systemd", 7) == 0)
		return version_matches(language_version, wanted + length);
	if (length == 5 && strncmp(wanted, "glibc", 5) == 0)
		return version_matches(gnu_get_libc_version(), wanted + length);
	if (length == 6 && strncmp(wanted, "kernel", 6) == 0)
		wanted += length;
	return condition_kernel_version(wanted);
}
