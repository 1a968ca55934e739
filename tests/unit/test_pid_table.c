#include <criterion/criterion.h>

#include "supervisor/pid_table.h"

Test(pid_table, finds_what_was_put_in)
{
	struct pid_table table = { 0 };

	cr_assert_null(pid_table_find(&table, 1));
	cr_assert_eq(pid_table_insert(&table, 7, 3, ROLE_CONTROL), 0);
	cr_assert_eq(pid_table_find(&table, 7)->unit, 3);
	cr_assert_eq(pid_table_find(&table, 7)->role, ROLE_CONTROL);
	cr_assert_null(pid_table_find(&table, 8));
	pid_table_finish(&table);
}

Test(pid_table, refuses_impossible_pids)
{
	struct pid_table table = { 0 };

	cr_assert_lt(pid_table_insert(&table, 0, 1, ROLE_MAIN), 0);
	cr_assert_lt(pid_table_insert(&table, -4, 1, ROLE_MAIN), 0);
	pid_table_finish(&table);
}

/* Every second one is removed again, in an order that leaves holes inside the runs of neighbours. */
Test(pid_table, keeps_the_others_when_one_is_removed)
{
	struct pid_table table = { 0 };

	for (pid_t pid = 1; pid <= 20000; pid++)
		cr_assert_eq(pid_table_insert(&table, pid * 7, (unit_id)pid, ROLE_MAIN), 0);
	for (pid_t pid = 1; pid <= 20000; pid += 2)
		pid_table_remove(&table, pid * 7);
	cr_assert_eq(table.count, 10000);
	for (pid_t pid = 1; pid <= 20000; pid++) {
		const struct pid_entry *entry = pid_table_find(&table, pid * 7);
		if (pid % 2)
			cr_assert_null(entry);
		else
			cr_assert_eq(entry->unit, (unit_id)pid);
	}
	pid_table_finish(&table);
}
