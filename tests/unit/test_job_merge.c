/* The algebra of jobs, exhaustively. */
#include <criterion/criterion.h>

#include "supervisor/core/job.h"

static enum job_type job(int value)
{
	return (enum job_type)value;
}

/* The contradiction takes everything with it. */
static enum job_type sum(enum job_type a, enum job_type b)
{
	return a == JOB_TYPE_COUNT || b == JOB_TYPE_COUNT ? JOB_TYPE_COUNT : job_merge(a, b);
}

Test(job_merge, is_closed)
{
	for (int a = 0; a < JOB_TYPE_COUNT; a++)
		for (int b = 0; b < JOB_TYPE_COUNT; b++)
			cr_assert_leq(job_merge(job(a), job(b)), JOB_TYPE_COUNT);
}

Test(job_merge, is_commutative_and_idempotent)
{
	for (int a = 0; a < JOB_TYPE_COUNT; a++) {
		cr_assert_eq(job_merge(job(a), job(a)), a);
		for (int b = 0; b < JOB_TYPE_COUNT; b++)
			cr_assert_eq(job_merge(job(a), job(b)), job_merge(job(b), job(a)));
	}
}

Test(job_merge, is_associative)
{
	for (int a = 0; a < JOB_TYPE_COUNT; a++)
		for (int b = 0; b < JOB_TYPE_COUNT; b++)
			for (int c = 0; c < JOB_TYPE_COUNT; c++)
				cr_assert_eq(sum(sum(job(a), job(b)), job(c)), sum(job(a), sum(job(b), job(c))),
					     "%s, %s, %s", job_type_name(job(a)), job_type_name(job(b)),
					     job_type_name(job(c)));
}

Test(job_merge, nothing_changes_nothing)
{
	for (int a = 0; a < JOB_TYPE_COUNT; a++)
		cr_assert_eq(job_merge(JOB_NONE, job(a)), a);
}

Test(job_merge, only_stopping_contradicts)
{
	for (int a = 1; a < JOB_TYPE_COUNT; a++)
		for (int b = 1; b < JOB_TYPE_COUNT; b++)
			cr_assert_eq(job_merge(job(a), job(b)) == JOB_TYPE_COUNT, (a == JOB_STOP) != (b == JOB_STOP));
}

Test(job_merge, what_is_no_job_contradicts)
{
	cr_assert_eq(job_merge(JOB_TYPE_COUNT, JOB_START), JOB_TYPE_COUNT);
	cr_assert_eq(job_merge(JOB_START, job(99)), JOB_TYPE_COUNT);
}
