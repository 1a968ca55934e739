/* What a wish for one unit means for the others. */
#include "tests/unit/core_world.h"

static struct world world;

static void set_up(void)
{
	world_init(&world);
}

static void tear_down(void)
{
	world_finish(&world);
}

TestSuite(transaction, .init = set_up, .fini = tear_down);

/* a.service Requires= and After= b.service. */
static void two_services(unit_id *a, unit_id *b)
{
	struct unit_definition *upper = define_service("a.service", SERVICE_SIMPLE);

	require(upper, "b.service");
	*a = add(&world, upper);
	*b = add_and_link(&world, define_service("b.service", SERVICE_NOTIFY));
}

static void both_up(unit_id a, unit_id b)
{
	ask(&world, a, REQUEST_START);
	spawned(&world, b, ROLE_MAIN);
	notified(&world, b, NOTIFY_READY);
	spawned(&world, a, ROLE_MAIN);
}

Test(transaction, a_required_unit_comes_first)
{
	unit_id a, b;
	uint64_t request;
	unit_id waits[4];

	two_services(&a, &b);
	request = ask(&world, a, REQUEST_START);
	cr_assert_null(find(&world, a, ACTION_SPAWN));
	cr_assert_not_null(find(&world, b, ACTION_SPAWN));
	cr_assert_eq(core_waits_for(world.core, a, waits, 4), 1);
	cr_assert_eq(waits[0], b);
	spawned(&world, b, ROLE_MAIN);
	cr_assert_null(find(&world, a, ACTION_SPAWN));
	notified(&world, b, NOTIFY_READY);
	cr_assert_not_null(find(&world, a, ACTION_SPAWN));
	spawned(&world, a, ROLE_MAIN);
	assert_answer(&world, request, JOB_DONE);
	cr_assert(look(&world, b)->wanted);
}

Test(transaction, a_unit_whose_dependency_failed_is_not_started_and_says_which)
{
	unit_id a, b;
	uint64_t request;

	two_services(&a, &b);
	request = ask(&world, a, REQUEST_START);
	spawn_failed(&world, b, ROLE_MAIN);
	assert_answer(&world, request, JOB_DEPENDENCY);
	cr_assert(strstr(answer(&world, request)->answer.text, "b.service"));
	assert_state(&world, a, SUB_DEAD);
	cr_assert_eq(look(&world, a)->blocked_by, b);
	cr_assert(look(&world, a)->wanted);
}

Test(transaction, a_blocked_unit_starts_when_its_dependency_recovers)
{
	unit_id a, b;

	two_services(&a, &b);
	ask(&world, a, REQUEST_START);
	spawn_failed(&world, b, ROLE_MAIN);
	ask(&world, b, REQUEST_START);
	spawned(&world, b, ROLE_MAIN);
	cr_assert_null(find(&world, a, ACTION_SPAWN));
	notified(&world, b, NOTIFY_READY);
	cr_assert_not_null(find(&world, a, ACTION_SPAWN));
	cr_assert_eq(look(&world, a)->blocked_by, UNIT_ID_NONE);
}

Test(transaction, a_blocked_unit_that_was_stopped_stays_down)
{
	unit_id a, b;

	two_services(&a, &b);
	ask(&world, a, REQUEST_START);
	spawn_failed(&world, b, ROLE_MAIN);
	ask(&world, a, REQUEST_STOP);
	cr_assert_eq(look(&world, a)->blocked_by, UNIT_ID_NONE);
	ask(&world, b, REQUEST_START);
	spawned(&world, b, ROLE_MAIN);
	notified(&world, b, NOTIFY_READY);
	cr_assert_null(find(&world, a, ACTION_SPAWN));
}

Test(transaction, stopping_a_required_unit_stops_who_requires_it_first)
{
	unit_id a, b;
	uint64_t stop;

	two_services(&a, &b);
	both_up(a, b);
	stop = ask(&world, b, REQUEST_STOP);
	assert_state(&world, a, SUB_STOP_SIGTERM);
	assert_state(&world, b, SUB_RUNNING);
	exited(&world, a, ROLE_MAIN, 0);
	assert_state(&world, b, SUB_STOP_SIGTERM);
	exited(&world, b, ROLE_MAIN, 0);
	assert_answer(&world, stop, JOB_DONE);
}

Test(transaction, restarting_a_required_unit_restarts_who_requires_it)
{
	unit_id a, b;
	uint64_t restart;

	two_services(&a, &b);
	both_up(a, b);
	restart = ask(&world, b, REQUEST_RESTART);
	exited(&world, a, ROLE_MAIN, 0);
	cr_assert_null(find(&world, a, ACTION_SPAWN));
	exited(&world, b, ROLE_MAIN, 0);
	cr_assert_not_null(find(&world, b, ACTION_SPAWN));
	spawned(&world, b, ROLE_MAIN);
	notified(&world, b, NOTIFY_READY);
	assert_answer(&world, restart, JOB_DONE);
	cr_assert_not_null(find(&world, a, ACTION_SPAWN));
}

Test(transaction, wants_does_without)
{
	struct unit_definition *upper = define_service("a.service", SERVICE_SIMPLE);
	uint64_t request;
	unit_id a, b;

	depend(upper, DEPENDENCY_WANTS, "b.service");
	depend(upper, DEPENDENCY_AFTER, "b.service");
	depend(upper, DEPENDENCY_WANTS, "missing.service");
	a = add(&world, upper);
	b = add_and_link(&world, define_service("b.service", SERVICE_SIMPLE));
	request = ask(&world, a, REQUEST_START);
	spawn_failed(&world, b, ROLE_MAIN);
	cr_assert_not_null(find(&world, a, ACTION_SPAWN));
	spawned(&world, a, ROLE_MAIN);
	assert_answer(&world, request, JOB_DONE);
}

Test(transaction, what_is_missing_or_masked_is_refused_before_anything_happens)
{
	struct unit_definition *upper = define_service("a.service", SERVICE_SIMPLE);
	struct unit_definition *masked = define("m.service");
	uint64_t request;
	unit_id a, b, m;

	masked->load_state = LOAD_STATE_MASKED;
	require(upper, "b.service");
	require(upper, "missing.service");
	a = add(&world, upper);
	m = add(&world, masked);
	b = add_and_link(&world, define_service("b.service", SERVICE_SIMPLE));
	cr_assert_eq(core_next_stub(world.core, UNIT_ID_NONE), core_find(world.core, "missing.service"));
	request = ask(&world, a, REQUEST_START);
	assert_answer(&world, request, JOB_REFUSED);
	cr_assert(strstr(answer(&world, request)->answer.text, "missing.service"));
	cr_assert_null(find(&world, b, ACTION_SPAWN));
	request = ask(&world, m, REQUEST_START);
	assert_answer(&world, request, JOB_REFUSED);
	cr_assert_str_eq(answer(&world, request)->answer.text, "m.service is masked");
}

Test(transaction, a_wanted_unit_with_a_missing_requirement_stays_down)
{
	struct unit_definition *target = define("boot.target");
	struct unit_definition *upper = define_service("a.service", SERVICE_SIMPLE);
	uint64_t request;
	unit_id boot, a;

	depend(target, DEPENDENCY_WANTS, "a.service");
	depend(upper, DEPENDENCY_REQUIRES, "missing.service");
	boot = add(&world, target);
	a = add_and_link(&world, upper);
	request = ask(&world, boot, REQUEST_START);
	assert_answer(&world, request, JOB_DONE);
	cr_assert_null(find(&world, a, ACTION_SPAWN));
	cr_assert_eq(look(&world, a)->blocked_by, core_find(world.core, "missing.service"));
}

Test(transaction, conflicting_units_replace_each_other)
{
	struct unit_definition *other = define_service("b.service", SERVICE_SIMPLE);
	unit_id a, b;

	depend(other, DEPENDENCY_CONFLICTS, "a.service");
	depend(other, DEPENDENCY_AFTER, "a.service");
	a = add(&world, define_service("a.service", SERVICE_SIMPLE));
	b = add_and_link(&world, other);
	set_up_running(&world, a);
	ask(&world, b, REQUEST_START);
	assert_state(&world, a, SUB_STOP_SIGTERM);
	cr_assert_null(find(&world, b, ACTION_SPAWN));
	exited(&world, a, ROLE_MAIN, 0);
	cr_assert_not_null(find(&world, b, ACTION_SPAWN));
	spawned(&world, b, ROLE_MAIN);
	ask(&world, a, REQUEST_START);
	assert_state(&world, b, SUB_STOP_SIGTERM);
}

Test(transaction, a_contradiction_is_refused)
{
	struct unit_definition *upper = define_service("a.service", SERVICE_SIMPLE);
	uint64_t request;
	unit_id a;

	depend(upper, DEPENDENCY_REQUIRES, "b.service");
	depend(upper, DEPENDENCY_CONFLICTS, "b.service");
	a = add(&world, upper);
	add_and_link(&world, define_service("b.service", SERVICE_SIMPLE));
	request = ask(&world, a, REQUEST_START);
	assert_answer(&world, request, JOB_REFUSED);
	set_up_running(&world, 1);
	request = ask(&world, a, REQUEST_START);
	assert_answer(&world, request, JOB_REFUSED);
	assert_state(&world, 1, SUB_RUNNING);
}

Test(transaction, requisite_must_be_up_already)
{
	struct unit_definition *upper = define_service("a.service", SERVICE_SIMPLE);
	uint64_t request;
	unit_id a, b;

	depend(upper, DEPENDENCY_REQUISITE, "b.service");
	depend(upper, DEPENDENCY_AFTER, "b.service");
	a = add(&world, upper);
	b = add_and_link(&world, define_service("b.service", SERVICE_SIMPLE));
	request = ask(&world, a, REQUEST_START);
	assert_answer(&world, request, JOB_DEPENDENCY);
	cr_assert_null(find(&world, b, ACTION_SPAWN));
	set_up_running(&world, b);
	cr_assert_not_null(find(&world, a, ACTION_SPAWN));
}

static void main_and_helper(unit_id *main, unit_id *helper, enum service_restart restart)
{
	struct unit_definition *lower = define_service("main.service", SERVICE_SIMPLE);
	struct unit_definition *upper = define_service("helper.service", SERVICE_SIMPLE);

	service(lower)->restart = restart;
	depend(upper, DEPENDENCY_BINDS_TO, "main.service");
	depend(upper, DEPENDENCY_PART_OF, "main.service");
	depend(upper, DEPENDENCY_AFTER, "main.service");
	*main = add(&world, lower);
	*helper = add_and_link(&world, upper);
	ask(&world, *helper, REQUEST_START);
	spawned(&world, *main, ROLE_MAIN);
	spawned(&world, *helper, ROLE_MAIN);
}

Test(transaction, a_bound_helper_dies_and_comes_back_with_its_main_unit)
{
	unit_id main, helper;

	main_and_helper(&main, &helper, RESTART_ALWAYS);
	ended(&world, main, ROLE_MAIN, CLD_KILLED, SIGKILL);
	assert_state(&world, main, SUB_AUTO_RESTART);
	assert_state(&world, helper, SUB_STOP_SIGTERM);
	exited(&world, helper, ROLE_MAIN, 0);
	assert_state(&world, helper, SUB_DEAD);
	cr_assert_eq(look(&world, helper)->blocked_by, main);
	pass(&world, USEC_PER_SEC);
	spawned(&world, main, ROLE_MAIN);
	cr_assert_not_null(find(&world, helper, ACTION_SPAWN));
	spawned(&world, helper, ROLE_MAIN);
	assert_state(&world, helper, SUB_RUNNING);
}

Test(transaction, a_bound_helper_of_a_restart_without_delay_is_restarted)
{
	unit_id main, helper;

	main_and_helper(&main, &helper, RESTART_NO);
	(void)main;
	ended(&world, main, ROLE_MAIN, CLD_KILLED, SIGKILL);
	assert_state(&world, helper, SUB_STOP_SIGTERM);
	ask(&world, main, REQUEST_START);
	exited(&world, helper, ROLE_MAIN, 0);
	spawned(&world, main, ROLE_MAIN);
	cr_assert_not_null(find(&world, helper, ACTION_SPAWN));
}

Test(transaction, part_of_follows_stop_and_restart_but_not_start)
{
	struct unit_definition *upper = define_service("part.service", SERVICE_SIMPLE);
	unit_id whole, part;

	depend(upper, DEPENDENCY_PART_OF, "whole.target");
	whole = add(&world, define("whole.target"));
	part = add_and_link(&world, upper);
	ask(&world, whole, REQUEST_START);
	cr_assert_null(find(&world, part, ACTION_SPAWN));
	set_up_running(&world, part);
	ask(&world, whole, REQUEST_RESTART);
	assert_state(&world, part, SUB_STOP_SIGTERM);
	exited(&world, part, ROLE_MAIN, 0);
	cr_assert_not_null(find(&world, part, ACTION_SPAWN));
	spawned(&world, part, ROLE_MAIN);
	ask(&world, whole, REQUEST_STOP);
	assert_state(&world, part, SUB_STOP_SIGTERM);
}

Test(transaction, what_is_upheld_is_started_again)
{
	struct unit_definition *target = define("up.target");
	unit_id up, held;

	depend(target, DEPENDENCY_UPHOLDS, "held.service");
	up = add(&world, target);
	held = add_and_link(&world, define_service("held.service", SERVICE_SIMPLE));
	ask(&world, up, REQUEST_START);
	spawned(&world, held, ROLE_MAIN);
	for (int i = 0; i < 4; i++) {
		exited(&world, held, ROLE_MAIN, 1);
		pass(&world, 200 * USEC_PER_MSEC);
		assert_state(&world, held, SUB_START);
		spawned(&world, held, ROLE_MAIN);
	}
	exited(&world, held, ROLE_MAIN, 1);
	pass(&world, USEC_PER_SEC);
	assert_state(&world, held, SUB_FAILED);
	pass(&world, 15 * USEC_PER_SEC);
	assert_state(&world, held, SUB_START);
}

Test(transaction, on_failure_and_on_success)
{
	struct unit_definition *definition = define_service("a.service", SERVICE_ONESHOT);
	unit_id a, failed, succeeded;

	depend(definition, DEPENDENCY_ON_FAILURE, "failed.service");
	depend(definition, DEPENDENCY_ON_SUCCESS, "succeeded.service");
	a = add(&world, definition);
	failed = add(&world, define_service("failed.service", SERVICE_ONESHOT));
	succeeded = add_and_link(&world, define_service("succeeded.service", SERVICE_ONESHOT));
	set_up_running(&world, a);
	exited(&world, a, ROLE_MAIN, 0);
	cr_assert_not_null(find(&world, succeeded, ACTION_SPAWN));
	cr_assert_null(find(&world, failed, ACTION_SPAWN));
	set_up_running(&world, a);
	exited(&world, a, ROLE_MAIN, 1);
	cr_assert_not_null(find(&world, failed, ACTION_SPAWN));
}

Test(transaction, what_nobody_needs_any_more_stops)
{
	struct unit_definition *upper = define_service("a.service", SERVICE_SIMPLE);
	struct unit_definition *lower = define_service("b.service", SERVICE_SIMPLE);
	unit_id a, b;

	require(upper, "b.service");
	unit_definition_own_options(lower)->stop_when_unneeded = true;
	a = add(&world, upper);
	b = add_and_link(&world, lower);
	ask(&world, a, REQUEST_START);
	spawned(&world, b, ROLE_MAIN);
	spawned(&world, a, ROLE_MAIN);
	assert_state(&world, b, SUB_RUNNING);
	ask(&world, a, REQUEST_STOP);
	assert_state(&world, b, SUB_RUNNING);
	exited(&world, a, ROLE_MAIN, 0);
	assert_state(&world, b, SUB_STOP_SIGTERM);
}

Test(transaction, mode_fail_refuses_what_would_undo_a_job)
{
	unit_id a, b;
	uint64_t start, stop;

	two_services(&a, &b);
	start = ask(&world, a, REQUEST_START);
	stop = ask_as(&world, b, REQUEST_STOP, JOB_MODE_FAIL);
	assert_answer(&world, stop, JOB_REFUSED);
	cr_assert_eq(look(&world, a)->job_type, JOB_START);
	stop = ask(&world, b, REQUEST_STOP);
	assert_answer(&world, start, JOB_CANCELED);
}

Test(transaction, mode_replace_irreversibly_cannot_be_undone)
{
	unit_id a, b;
	uint64_t stop;

	two_services(&a, &b);
	ask_as(&world, b, REQUEST_START, JOB_MODE_REPLACE_IRREVERSIBLY);
	stop = ask(&world, b, REQUEST_STOP);
	assert_answer(&world, stop, JOB_REFUSED);
}

Test(transaction, mode_ignore_dependencies_starts_the_unit_alone_and_at_once)
{
	unit_id a, b;

	two_services(&a, &b);
	ask(&world, b, REQUEST_START);
	ask_as(&world, a, REQUEST_START, JOB_MODE_IGNORE_DEPENDENCIES);
	cr_assert_not_null(find(&world, a, ACTION_SPAWN));
}

Test(transaction, mode_ignore_requirements_keeps_the_order)
{
	unit_id a, b;

	two_services(&a, &b);
	ask(&world, b, REQUEST_START);
	ask_as(&world, a, REQUEST_START, JOB_MODE_IGNORE_REQUIREMENTS);
	cr_assert_null(find(&world, a, ACTION_SPAWN));
	spawned(&world, b, ROLE_MAIN);
	notified(&world, b, NOTIFY_READY);
	cr_assert_not_null(find(&world, a, ACTION_SPAWN));
}

Test(transaction, mode_isolate_stops_all_others)
{
	struct unit_definition *target = define("only.target");
	unit_id only, a, b, c;
	uint64_t request;

	unit_definition_own_options(target)->allow_isolate = true;
	depend(target, DEPENDENCY_WANTS, "a.service");
	only = add(&world, target);
	two_services(&a, &b);
	c = add_and_link(&world, define_service("c.service", SERVICE_SIMPLE));
	both_up(a, b);
	set_up_running(&world, c);
	request = ask_as(&world, a, REQUEST_START, JOB_MODE_ISOLATE);
	assert_answer(&world, request, JOB_REFUSED);
	ask_as(&world, only, REQUEST_START, JOB_MODE_ISOLATE);
	assert_state(&world, only, SUB_ACTIVE);
	assert_state(&world, a, SUB_RUNNING);
	assert_state(&world, b, SUB_RUNNING);
	assert_state(&world, c, SUB_STOP_SIGTERM);
}

Test(transaction, mode_flush_cancels_all_others)
{
	unit_id a, b, c;
	uint64_t start;

	two_services(&a, &b);
	c = add_and_link(&world, define_service("c.service", SERVICE_SIMPLE));
	start = ask(&world, a, REQUEST_START);
	ask_as(&world, c, REQUEST_START, JOB_MODE_FLUSH);
	assert_answer(&world, start, JOB_CANCELED);
}

Test(transaction, several_requests_for_one_job_are_each_answered_once)
{
	unit_id id = add_and_link(&world, define_service("a.service", SERVICE_NOTIFY));
	uint64_t first = ask(&world, id, REQUEST_START), second = ask(&world, id, REQUEST_START);

	spawned(&world, id, ROLE_MAIN);
	notified(&world, id, NOTIFY_READY);
	cr_assert_eq(count(&world, id, ACTION_ANSWER), 2);
	assert_answer(&world, first, JOB_DONE);
	assert_answer(&world, second, JOB_DONE);
}

Test(transaction, the_last_request_wins)
{
	unit_id id = add_and_link(&world, define_service("a.service", SERVICE_SIMPLE));
	uint64_t stop, start;

	set_up_running(&world, id);
	stop = ask(&world, id, REQUEST_STOP);
	start = ask(&world, id, REQUEST_START);
	assert_answer(&world, stop, JOB_CANCELED);
	assert_state(&world, id, SUB_STOP_SIGTERM);
	exited(&world, id, ROLE_MAIN, 0);
	cr_assert_not_null(find(&world, id, ACTION_SPAWN));
	spawned(&world, id, ROLE_MAIN);
	assert_answer(&world, start, JOB_DONE);
}

Test(transaction, a_job_can_be_canceled)
{
	unit_id a, b;
	uint64_t start, cancel;

	two_services(&a, &b);
	start = ask(&world, a, REQUEST_START);
	cancel = ask(&world, a, REQUEST_CANCEL);
	assert_answer(&world, start, JOB_CANCELED);
	assert_answer(&world, cancel, JOB_DONE);
	cancel = ask(&world, a, REQUEST_CANCEL);
	assert_answer(&world, cancel, JOB_REFUSED);
}

Test(transaction, a_job_may_time_out)
{
	struct unit_definition *definition = define_service("a.service", SERVICE_NOTIFY);
	uint64_t request;
	unit_id id;

	unit_definition_own_options(definition)->job_timeout = 3 * USEC_PER_SEC;
	id = add_and_link(&world, definition);
	request = ask(&world, id, REQUEST_START);
	spawned(&world, id, ROLE_MAIN);
	pass(&world, 3 * USEC_PER_SEC);
	assert_answer(&world, request, JOB_TIMEOUT);
	assert_state(&world, id, SUB_START);
}

Test(transaction, manual_start_and_stop_can_be_refused)
{
	struct unit_definition *definition = define("a.target");
	unit_id id;

	unit_definition_own_options(definition)->refuse_manual_start = true;
	id = add_and_link(&world, definition);
	assert_answer(&world, ask(&world, id, REQUEST_START), JOB_REFUSED);
	assert_answer(&world, ask(&world, 77, REQUEST_START), JOB_REFUSED);
}

Test(transaction, reload_is_passed_on)
{
	struct unit_definition *target = define("all.target");
	struct unit_definition *one = define_service("one.service", SERVICE_SIMPLE);
	unit_id all, id;

	add_command(one, EXEC_RELOAD, 0);
	depend(target, DEPENDENCY_PROPAGATES_RELOAD_TO, "one.service");
	all = add(&world, target);
	id = add_and_link(&world, one);
	ask(&world, all, REQUEST_START);
	set_up_running(&world, id);
	ask(&world, all, REQUEST_RELOAD);
	assert_state(&world, id, SUB_RELOAD);
}

Test(transaction, unsupported_types_say_so)
{
	unit_id id = add_and_link(&world, define("a.swap"));
	uint64_t request = ask(&world, id, REQUEST_START);

	assert_answer(&world, request, JOB_UNSUPPORTED);
}

Test(transaction, an_automatic_restart_looks_at_dependencies_again)
{
	struct unit_definition *upper = define_service("a.service", SERVICE_SIMPLE);
	unit_id a, b;

	service(upper)->restart = RESTART_ALWAYS;
	require(upper, "b.service");
	a = add(&world, upper);
	b = add_and_link(&world, define_service("b.service", SERVICE_SIMPLE));
	ask(&world, a, REQUEST_START);
	spawned(&world, b, ROLE_MAIN);
	spawned(&world, a, ROLE_MAIN);
	exited(&world, b, ROLE_MAIN, 1);
	exited(&world, a, ROLE_MAIN, 1);
	pass(&world, 100 * USEC_PER_MSEC);
	assert_state(&world, a, SUB_AUTO_RESTART_QUEUED);
	assert_state(&world, b, SUB_START);
	spawn_failed(&world, b, ROLE_MAIN);
	assert_state(&world, a, SUB_FAILED);
	cr_assert_eq(look(&world, a)->blocked_by, b);
	set_up_running(&world, b);
	cr_assert_not_null(find(&world, a, ACTION_SPAWN));
}

Test(transaction, an_alias_takes_over_the_place_that_others_named)
{
	struct unit_definition *upper = define_service("a.service", SERVICE_SIMPLE);
	unit_id a, b;

	require(upper, "alias.service");
	a = add_and_link(&world, upper);
	b = add(&world, define_service("b.service", SERVICE_SIMPLE));
	cr_assert_eq(core_alias(world.core, "alias.service", b), 0);
	link_all(&world);
	cr_assert_eq(core_find(world.core, "alias.service"), b);
	cr_assert_eq(core_next_stub(world.core, UNIT_ID_NONE), UNIT_ID_NONE);
	ask(&world, a, REQUEST_START);
	cr_assert_not_null(find(&world, b, ACTION_SPAWN));
}

struct listed {
	unsigned count;
	char words[200];
};

static bool list_edge(void *context, const struct edge_view *view)
{
	struct listed *listed = context;

	listed->count++;
	strcat(listed->words, edge_property_name(view->kind, view->inverse));
	strcat(listed->words, " ");
	return true;
}

Test(transaction, edges_have_their_property_names)
{
	struct listed listed = { 0 };
	unit_id a, b;

	two_services(&a, &b);
	core_each_edge(world.core, b, list_edge, &listed);
	cr_assert_str_eq(listed.words, "RequiredBy Before ");
	listed = (struct listed){ 0 };
	core_each_edge(world.core, a, list_edge, &listed);
	cr_assert_str_eq(listed.words, "Requires After ");
}

Test(transaction, redefinition_replaces_edges)
{
	struct unit_definition *upper;
	unit_id a, b;

	two_services(&a, &b);
	upper = define_service("a.service", SERVICE_SIMPLE);
	upper->content_hash = 5;
	cr_assert_eq(core_forget(world.core, b), -EBUSY);
	add_and_link(&world, upper);
	ask(&world, a, REQUEST_START);
	cr_assert_not_null(find(&world, a, ACTION_SPAWN));
	cr_assert_null(find(&world, b, ACTION_SPAWN));
	cr_assert_eq(core_forget(world.core, b), 0);
	cr_assert_null(core_unit(world.core, b));
	cr_assert_eq(core_find(world.core, "b.service"), UNIT_ID_NONE);
	cr_assert_eq(add_and_link(&world, define("c.target")), b);
}

Test(transaction, who_requires_what_is_left_out_does_without)
{
	struct unit_definition *upper = define_service("a.service", SERVICE_SIMPLE);
	struct unit_definition *left_out = define_service("systemd-x.service", SERVICE_SIMPLE);
	unit_id a, b;

	require(upper, "systemd-x.service");
	left_out->load_state = LOAD_STATE_MASKED;
	left_out->left_out = true;
	a = add(&world, upper);
	b = add_and_link(&world, left_out);
	uint64_t request = ask(&world, a, REQUEST_START);
	spawned(&world, a, ROLE_MAIN);
	assert_answer(&world, request, JOB_DONE);
	cr_assert_eq(look(&world, b)->job_type, JOB_NONE);
	request = ask(&world, b, REQUEST_START);
	assert_answer(&world, request, JOB_REFUSED);
}
