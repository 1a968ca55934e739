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

	snprintf(name, sizeof name, "20261121T000000.%06dZ.log", number);
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

static int go_back(struct log_unit_files *files, int count)
{
	int result = log_unit_files_seek_end(files);

	while (result == 0 && count-- > 0) {
		cr_assert(log_unit_files_peek_back(files));
		log_unit_files_take(files);
	}
	return result;
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
		cr_assert_eq(go_back(&files, count), 0);
		expect(&files, 8 - count, 7);
	}
	rotate(7);
	cr_assert_eq(go_back(&files, 0), 0);
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
	cr_assert_eq(mkdir("20261121T000000.000002Z.log", 0755), 0);
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

Test(log_unit_files, backwards_and_forwards_meet)
{
	struct log_unit_files files;

	for (int number = 1; number <= 9; number++) {
		append(number);
		if (number % 3 == 0 && number < 9)
			rotate(number);
	}
	cr_assert_eq(log_unit_files_open(&files, directory, "a.service"), 0);
	cr_assert_eq(log_unit_files_seek_end(&files), 0);
	for (int number = 9; number >= 1; number--) {
		const struct log_record *record = log_unit_files_peek_back(&files);
		cr_assert(record);
		cr_assert_eq(atoi(record->text), number);
		log_unit_files_take(&files);
	}
	cr_assert_null(log_unit_files_peek_back(&files));
	expect(&files, 1, 9);
	for (int number = 9; number >= 4; number--) {
		cr_assert_eq(atoi(log_unit_files_peek_back(&files)->text), number);
		log_unit_files_take(&files);
	}
	expect(&files, 4, 9);
	log_unit_files_finish(&files);
}

Test(log_unit_files, a_line_that_has_begun_belongs_to_what_comes)
{
	struct log_unit_files files;
	FILE *file;

	append(1);
	file = fopen("current", "ae");
	fputs("2", file);
	fclose(file);
	cr_assert_eq(log_unit_files_open(&files, directory, "a.service"), 0);
	cr_assert_eq(go_back(&files, 1), 0);
	expect(&files, 1, 1);
	append(2);
	expect(&files, 22, 22);
	log_unit_files_finish(&files);
}

Test(log_unit_files, a_file_that_is_cut_underneath_is_read_from_its_front)
{
	struct log_unit_files files;

	for (int number = 10; number < 20; number++)
		append(number);
	cr_assert_eq(log_unit_files_open(&files, directory, "a.service"), 0);
	expect(&files, 10, 19);
	cr_assert_eq(truncate("current", 0), 0);
	append(20);
	cr_assert_null(log_unit_files_peek(&files));
	expect(&files, 20, 20);
	log_unit_files_finish(&files);
}

static void put_stamped(int second, int count)
{
	FILE *file = fopen("current", "ae");

	for (int i = 0; i < count; i++)
		fprintf(file, "2026-11-21T00:%02d:%02d.%06d+00:00 o 6 %d\n", second / 60, second % 60, i,
			second * 1000 + i);
	fclose(file);
}

Test(log_unit_files, a_time_is_found_by_bisection)
{
	struct log_unit_files files;
	usec time;
	const struct log_record *record;

	for (int second = 0; second < 100; second++) {
		put_stamped(second, 200);
		if (second == 30 || second == 60) {
			char name[64];

			snprintf(name, sizeof name, "20261121T00%02d%02d.999999Z.log", second / 60, second % 60);
			cr_assert_eq(rename("current", name), 0);
		}
	}
	cr_assert_eq(log_unit_files_open(&files, directory, "a.service"), 0);
	for (int second = 0; second < 100; second += 7) {
		char stamp[40];

		snprintf(stamp, sizeof stamp, "2026-11-21T00:%02d:%02d.000050+00:00", second / 60, second % 60);
		cr_assert_eq(log_stamp_parse(stamp, strlen(stamp), &time), 0);
		cr_assert_eq(log_unit_files_seek_time(&files, time), 0);
		int skipped = 0;
		while ((record = log_unit_files_peek(&files)) && record->time < time) {
			log_unit_files_take(&files);
			skipped++;
		}
		cr_assert(record);
		cr_assert_eq(atoi(record->text), second * 1000 + 50);
		cr_assert_lt(skipped, 3000, "%d", skipped);
		cr_assert_eq(log_unit_files_seek_time(&files, time), 0);
		record = log_unit_files_peek_back(&files);
		cr_assert(!record || record->time < time);
	}
	log_unit_files_finish(&files);
}
