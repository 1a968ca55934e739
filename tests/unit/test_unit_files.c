/*
 * Every unit file under tests/unit_files/ loads to what stands in NAME.expected beside it: the diagnostics, then the
 * definition. UPDATE_EXPECTED=1 writes these files; read what changed before you keep it.
 */
#include <criterion/criterion.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/string_list.h"
#include "supervisor/load/loader.h"
#include "tests/unit/unit_dump.h"

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void report(void *context, const struct diagnostic *diagnostic)
{
	static const char *const severities[] = { "error", "warning", "note" };

	fprintf(context, "%s:%u:%u: %s: %s\n", diagnostic->path ? base_name(diagnostic->path) : "-", diagnostic->line,
		diagnostic->column, severities[diagnostic->severity], diagnostic->text);
}

static char *load(const char *path)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	char *directories[] = { "tests/unit_files/none", NULL };
	struct loader_settings settings = {
		.directories = directories, .runtime_directory = "/run", .report = report, .context = out
	};
	struct unit_definition *definition;
	struct loader *loader;
	struct cause cause = { 0 };

	cr_assert_eq(loader_create(&settings, &loader), 0);
	if (loader_load_file(loader, path, &definition, &cause) == 0) {
		dump_definition(out, definition);
		unit_definition_release(definition);
	} else {
		fprintf(out, "refused: %s\n", cause.text);
	}
	loader_destroy(loader);
	fclose(out);
	return text;
}

static void compare(const char *path)
{
	char expected_path[512], expected[65536];
	char *found = load(path);

	snprintf(expected_path, sizeof expected_path, "%s.expected", path);
	if (getenv("UPDATE_EXPECTED")) {
		FILE *file = fopen(expected_path, "w");
		cr_assert_not_null(file);
		fputs(found, file);
		fclose(file);
	}
	FILE *file = fopen(expected_path, "r");
	cr_assert_not_null(file, "%s is missing", expected_path);
	expected[fread(expected, 1, sizeof expected - 1, file)] = '\0';
	fclose(file);
	cr_expect_str_eq(found, expected, "%s loads to something else:\n%s", path, found);
	free(found);
}

static void compare_all(const char *directory)
{
	struct dirent **items;
	int count = scandir(directory, &items, NULL, alphasort), compared = 0;

	cr_assert_gt(count, 2, "run from the top of the source tree");
	for (int i = 0; i < count; i++) {
		char path[512];
		const char *name = items[i]->d_name;
		size_t length = strlen(name);
		snprintf(path, sizeof path, "%s/%s", directory, name);
		if (*name != '.' && (length < 9 || strcmp(name + length - 9, ".expected") != 0)) {
			compare(path);
			compared++;
		}
		free(items[i]);
	}
	free(items);
	cr_expect_gt(compared, 0);
}

Test(unit_files, valid_ones_load)
{
	compare_all("tests/unit_files/valid");
}

Test(unit_files, invalid_ones_are_told_by_line)
{
	compare_all("tests/unit_files/invalid");
}
