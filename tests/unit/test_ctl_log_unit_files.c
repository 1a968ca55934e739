#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctl/log_unit_files.h"

enum { ROTATIONS = 250, LINES = 3 };

static char top[] = "/tmp/log-unit-files-XXXXXX";
static int directory;

static void set_up(void)
{
	cr_assert(mkdtemp(top));
	directory = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cr_assert_eq(chdir(top), 0);
	cr_assert_eq(mkdir("a.service", 0755), 0);
	cr_assert_eq(chdir("a.service"), 0);
}

static void tear_down(void)
{
	char command[64];

	close(directory);
	snprintf(command, sizeof command, "rm -rf %s", top);
	cr_assert_eq(system(command), 0);
}

static void append(int number)
{
	FILE *file = fopen("current", "ae");

	fprintf(file, "%d\n", number);
	fclose(file);
}

static void rotate(int number)
{
	char name[32];

	snprintf(name, sizeof name, "%08d.log", number);
	cr_assert_eq(rename("current", name), 0);
}

static void expect(struct log_unit_files *files, int first, int last)
{
	for (int number = first; number <= last; number++) {
		const struct log_record *record = log_unit_files_peek(files);
		cr_assert(record, "%d is missing", number);
		cr_assert_eq(atoi(record->text), number);
		log_unit_files_take(files);
	}
	cr_assert_null(log_unit_files_peek(files));
}

TestSuite(log_unit_files, .init = set_up, .fini = tear_down);

Test(log_unit_files, a_removed_file_is_not_followed_by_older_ones)
{
	struct log_unit_files files;

	append(1);
	rotate(1);
	append(2);
	cr_assert_eq(log_unit_files_open(&files, directory, "a.service"), 0);
	expect(&files, 1, 2);
	cr_assert_eq(unlink("current"), 0);
	append(3);
	expect(&files, 3, 3);
	log_unit_files_finish(&files);
}

Test(log_unit_files, the_last_lines_are_found_over_rotations)
{
	struct log_unit_files files;

	for (int number = 1; number <= 5; number++) {
		append(number);
		rotate(number);
	}
	append(6);
	append(7);
	cr_assert_eq(log_unit_files_open(&files, directory, "a.service"), 0);
	for (int count = 0; count <= 7; count++) {
		cr_assert_eq(log_unit_files_seek_last(&files, (size_t)count), 0);
		expect(&files, 8 - count, 7);
	}
	rotate(7);
	cr_assert_eq(log_unit_files_seek_last(&files, 0), 0);
	expect(&files, 8, 7);
	append(8);
	expect(&files, 8, 8);
	log_unit_files_finish(&files);
}

Test(log_unit_files, what_cannot_be_opened_is_passed_over)
{
	struct log_unit_files files;

	append(1);
	rotate(1);
	cr_assert_eq(mkdir("00000002.log", 0755), 0);
	append(2);
	cr_assert_eq(log_unit_files_open(&files, directory, "a.service"), 0);
	expect(&files, 1, 2);
	log_unit_files_finish(&files);
}

/* Another process rotates as fast as it can. */
Test(log_unit_files, nothing_is_lost_or_repeated_while_files_are_rotated, .timeout = 60)
{
	struct log_unit_files files;
	int status = -1, next = 0;

	cr_assert_eq(log_unit_files_open(&files, directory, "a.service"), 0);
	pid_t writer = fork();
	if (writer == 0) {
		for (int number = 0; number < ROTATIONS * LINES; number++) {
			append(number);
			sched_yield();
			if (number % LINES == LINES - 1)
				rotate(number);
		}
		_exit(0);
	}
	bool ended = false;
	for (;;) {
		const struct log_record *record = log_unit_files_peek(&files);
		if (record) {
			cr_assert_eq(atoi(record->text), next, "%d instead of %d", atoi(record->text), next);
			next++;
			log_unit_files_take(&files);
		} else if (ended) {
			break;
		} else {
			ended = waitpid(writer, &status, WNOHANG) == writer;
			sched_yield();
		}
	}
	cr_assert_eq(next, ROTATIONS * LINES);
	cr_assert_eq(status, 0);
	log_unit_files_finish(&files);
}
