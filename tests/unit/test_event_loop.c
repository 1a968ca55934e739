#include <criterion/criterion.h>
#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "supervisor/os/event_loop.h"

static struct event_loop loop;
static struct event_source first, second;
static int first_calls, second_calls;

static void on_first(struct event_source *source, uint32_t events)
{
	cr_assert_eq(source, &first);
	cr_assert(events & EPOLLIN);
	first_calls++;
	/* Whichever comes first takes the other out of the round. */
	event_loop_remove(&loop, &second);
}

static void on_second(struct event_source *source, uint32_t events)
{
	cr_assert_eq(source, &second);
	cr_assert(events & EPOLLIN);
	second_calls++;
	event_loop_remove(&loop, &first);
}

Test(event_loop, removed_source_is_not_called_in_the_same_round)
{
	cr_assert_eq(event_loop_init(&loop), 0);
	first = (struct event_source){ .fd = eventfd(1, EFD_CLOEXEC), .dispatch = on_first };
	second = (struct event_source){ .fd = eventfd(1, EFD_CLOEXEC), .dispatch = on_second };
	cr_assert_eq(event_loop_add(&loop, &first, EPOLLIN), 0);
	cr_assert_eq(event_loop_add(&loop, &second, EPOLLIN), 0);
	cr_assert_eq(event_loop_add(&loop, &second, EPOLLIN), -EEXIST);
	cr_assert_eq(event_loop_wait(&loop), 0);
	cr_assert_eq(first_calls + second_calls, 1);
	event_loop_finish(&loop);
	event_loop_finish(&loop);
}

Test(event_loop, deadline_comes_and_only_once)
{
	cr_assert_eq(event_loop_init(&loop), 0);
	usec start = clock_monotonic();
	cr_assert_eq(event_loop_set_deadline(&loop, start + 20 * USEC_PER_MSEC), 0);
	cr_assert_eq(event_loop_wait(&loop), 1);
	cr_assert_geq(clock_monotonic(), start + 20 * USEC_PER_MSEC);
	/* The same one again, which is past: at once. */
	cr_assert_eq(event_loop_set_deadline(&loop, start + 20 * USEC_PER_MSEC), 0);
	cr_assert_eq(event_loop_wait(&loop), 1);
	cr_assert_eq(event_loop_set_deadline(&loop, 0), 0);
	cr_assert_eq(event_loop_wait(&loop), 1);
	event_loop_finish(&loop);
}

static void count_first(struct event_source *source, uint32_t events)
{
	(void)source, (void)events;
	first_calls++;
}

Test(event_loop, deadline_can_be_taken_back)
{
	cr_assert_eq(event_loop_init(&loop), 0);
	cr_assert_eq(event_loop_set_deadline(&loop, clock_monotonic() + USEC_PER_MSEC), 0);
	cr_assert_eq(event_loop_set_deadline(&loop, USEC_INFINITY), 0);
	usleep(2000);
	first = (struct event_source){ .fd = eventfd(1, EFD_CLOEXEC), .dispatch = count_first };
	cr_assert_eq(event_loop_add(&loop, &first, EPOLLIN), 0);
	cr_assert_eq(event_loop_wait(&loop), 0);
	cr_assert_eq(first_calls, 1);
	cr_assert_eq(event_loop_modify(&loop, &first, 0), 0);
	cr_assert_eq(event_loop_set_deadline(&loop, clock_monotonic() + USEC_PER_MSEC), 0);
	cr_assert_eq(event_loop_wait(&loop), 1);
	cr_assert_eq(first_calls, 1);
	event_loop_finish(&loop);
}

Test(event_loop, far_deadline_is_accepted)
{
	cr_assert_eq(event_loop_init(&loop), 0);
	cr_assert_eq(event_loop_set_deadline(&loop, USEC_INFINITY - 1), 0);
	event_loop_finish(&loop);
}
