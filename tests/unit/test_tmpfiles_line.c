#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "machine/step.h"
#include "machine/tmpfiles_line.h"

static char top[64];

static void make_top(void)
{
	strcpy(top, "/tmp/svinit-tmpfiles-XXXXXX");
	cr_assert(mkdtemp(top));
}

static void remove_top(void)
{
	char command[128];

	snprintf(command, sizeof command, "rm -rf %s", top);
	cr_assert_eq(system(command), 0);
}

TestSuite(tmpfiles_line, .init = make_top, .fini = remove_top);

static bool parse(const char *format, struct tmpfiles_line *line)
{
	char text[4096];

	snprintf(text, sizeof text, format, top);
	return tmpfiles_line_parse(text, line);
}

static void create(const char *format)
{
	struct tmpfiles_line line;

	cr_assert(parse(format, &line), "%s", format);
	cr_assert(tmpfiles_line_create(&line), "%s", format);
}

static const char *path_of(const char *name)
{
	static char path[256];

	snprintf(path, sizeof path, "%s/%s", top, name);
	return path;
}

static mode_t mode_of(const char *name)
{
	struct stat status;

	return lstat(path_of(name), &status) == 0 ? status.st_mode : 0;
}

static const char *text_of(const char *name)
{
	static char text[256];
	FILE *file = fopen(path_of(name), "r");

	text[0] = '\0';
	if (file) {
		text[fread(text, 1, sizeof text - 1, file)] = '\0';
		fclose(file);
	}
	return text;
}

Test(tmpfiles_line, takes_a_line_apart)
{
	struct tmpfiles_line line;

	cr_assert(parse("f+!  \"%s/a b\"  0640 0 - - some  text", &line));
	cr_expect_str_eq(line.type, "f+!");
	cr_expect_str_eq(line.path, path_of("a b"));
	cr_expect_eq(line.mode, 0640);
	cr_expect(line.has_mode);
	cr_expect_str_eq(line.argument, "some  text");
}

Test(tmpfiles_line, refuses_what_is_no_line)
{
	struct tmpfiles_line line;

	cr_expect_not(parse("d", &line));
	cr_expect_not(parse("d relative/path", &line));
	cr_expect_not(parse("d %s/%%q", &line), "an unknown specifier");
	cr_expect_not(parse("d %s/x 0755 no-such-user -", &line));
}

Test(tmpfiles_line, specifiers)
{
	struct tmpfiles_line line;

	cr_assert(parse("d %%t/x%%%%y", &line));
	cr_expect_str_eq(line.path, "/run/x%y");
}

Test(tmpfiles_line, directories)
{
	create("d %s/a/b 2751 - - -");
	cr_expect_eq(mode_of("a/b"), S_IFDIR | 02751);
	create("d %s/a/b");
	cr_expect_eq(mode_of("a/b"), S_IFDIR | 02751, "without a mode, one that is there stays as it is");
}

Test(tmpfiles_line, files_keep_or_replace_their_text)
{
	create("f %s/file 0600 - - - one");
	create("f %s/file 0600 - - - two");
	cr_expect_str_eq(text_of("file"), "one");
	create("f+ %s/file 0644 - - - three");
	cr_expect_str_eq(text_of("file"), "three");
	cr_expect_eq(mode_of("file"), S_IFREG | 0644);
	create("w %s/file - - - - four!");
	cr_expect_str_eq(text_of("file"), "four!");
}

Test(tmpfiles_line, links)
{
	char target[64] = "";

	create("L %s/link - - - - /etc/one");
	create("L+ %s/link - - - - /etc/two");
	cr_expect_eq(readlink(path_of("link"), target, sizeof target - 1), 8);
	cr_expect_str_eq(target, "/etc/two");
}

Test(tmpfiles_line, modes_below_leave_files_unexecutable)
{
	create("d %s/tree");
	create("f %s/tree/file 0600");
	create("Z %s/tree 0755");
	cr_expect_eq(mode_of("tree"), S_IFDIR | 0755);
	cr_expect_eq(mode_of("tree/file"), S_IFREG | 0644);
}

Test(tmpfiles_line, removes_what_stands_for_it)
{
	struct tmpfiles_line line;

	create("d %s/one");
	create("f %s/one/file");
	create("d %s/two");
	create("f %s/two/file");
	cr_assert(parse("D %s/one", &line));
	cr_assert(tmpfiles_line_remove(&line));
	cr_expect_eq(mode_of("one"), S_IFDIR | 0755, "D keeps the directory itself");
	cr_expect_eq(mode_of("one/file"), 0);
	cr_assert(parse("R %s/tw*", &line));
	cr_assert(tmpfiles_line_remove(&line));
	cr_expect_eq(mode_of("two"), 0);
	cr_assert(parse("d %s/one", &line));
	cr_assert(tmpfiles_line_remove(&line));
	cr_expect_neq(mode_of("one"), 0, "d removes nothing");
}
