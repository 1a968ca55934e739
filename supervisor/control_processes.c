/* Tree and Why: which processes there are, and what a unit waits for. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "supervisor/control.h"
#include "supervisor/log_line.h"
#include "supervisor/os/proc.h"
#include "supervisor/unit_properties.h"

enum { PROCESSES_MAX = 4096, CHILDREN_MAX = 1024, COMMAND_MAX = 512, WAITS_MAX = 256, DEPTH_MAX = 256 };

struct tree_process {
	struct proc_stat stat;
	bool written;
};

/* The processes of one unit, sorted by parent. */
struct process_list {
	struct manager *manager;
	const struct unit *unit; /* NULL: nobody's */
	struct tree_process *items;
	size_t count, capacity;
};

static bool list_has(const struct process_list *list, pid_t pid)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].stat.pid == pid)
			return true;
	return false;
}

static void list_add(struct process_list *list, const struct proc_stat *stat)
{
	if (list->count == list->capacity) {
		size_t capacity = list->capacity ? 2 * list->capacity : 32;
		struct tree_process *items = NULL;

		if (capacity <= 2 * PROCESSES_MAX)
			items = reallocarray(list->items, capacity, sizeof *items);
		if (!items)
			return;
		list->items = items;
		list->capacity = capacity;
	}
	list->items[list->count++] = (struct tree_process){ .stat = *stat };
}

/* A cgroup does not list its zombies; their parents do. */
static void add_zombies(struct process_list *list)
{
	pid_t children[CHILDREN_MAX];
	size_t live = list->count;

	for (size_t i = 0; i < live; i++) {
		int count = proc_read_children(list->items[i].stat.pid, children, CHILDREN_MAX);

		for (int child = 0; child < count && child < CHILDREN_MAX; child++) {
			struct proc_stat stat;

			if (proc_read_stat(children[child], &stat) == 0 && stat.state == 'Z' &&
			    !list_has(list, stat.pid))
				list_add(list, &stat);
		}
	}
}

static int compare_by_parent(const void *left, const void *right)
{
	const struct proc_stat *a = &((const struct tree_process *)left)->stat;
	const struct proc_stat *b = &((const struct tree_process *)right)->stat;

	if (a->parent != b->parent)
		return a->parent < b->parent ? -1 : 1;
	return (a->pid > b->pid) - (a->pid < b->pid);
}

static void read_processes(struct manager *manager, unit_id unit, struct process_list *list)
{
	pid_t *pids = calloc(PROCESSES_MAX, sizeof *pids);
	int count = pids ? manager_processes(manager, unit, pids, PROCESSES_MAX) : 0;

	*list = (struct process_list){ .manager = manager, .unit = core_unit(manager->core, unit) };
	for (int i = 0; i < count && i < PROCESSES_MAX; i++) {
		struct proc_stat stat;

		if (proc_read_stat(pids[i], &stat) == 0)
			list_add(list, &stat);
	}
	free(pids);
	add_zombies(list);
	if (list->count > 1)
		qsort(list->items, list->count, sizeof *list->items, compare_by_parent);
}

/* Who gets the processes that lose their parents. */
static bool is_adopter(struct manager *manager, pid_t parent)
{
	return parent == getpid() || containment_of_keeper(manager->containment_root, parent);
}

static void write_process(struct json_writer *reply, const struct process_list *list, const struct proc_stat *stat,
			  int depth)
{
	const struct unit *unit = list->unit;
	char command[COMMAND_MAX], state[2] = { stat->state, '\0' };
	bool known = unit && (unit->main_pid == stat->pid || unit->control_pid == stat->pid);

	write_begin_object(reply);
	write_key_integer(reply, "PID", stat->pid);
	write_key_integer(reply, "PPID", stat->parent);
	write_key_integer(reply, "Depth", depth);
	write_key_string(reply, "State", state);
	write_key_string(reply, "Command",
			 proc_read_command_line(stat->pid, command, sizeof command) > 0 ? command : stat->comm);
	write_key_string(reply, "Role", !known ? NULL : unit->main_pid == stat->pid ? "main" : "control");
	write_key_boolean(reply, "Orphan", !known && is_adopter(list->manager, stat->parent));
	write_end_object(reply);
}

/* The first of the children of `parent`, which stand together. */
static size_t first_child(const struct process_list *list, pid_t parent)
{
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (list->items[middle].stat.parent < parent)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * Depth first. `written` also ends a circle, which pids that were reused while we looked could make. What is deeper
 * than DEPTH_MAX is left to write_processes(), which begins a new tree with it.
 */
static void write_subtree(struct json_writer *reply, struct process_list *list, size_t index, int depth)
{
	struct tree_process *process = &list->items[index];

	if (process->written || depth > DEPTH_MAX)
		return;
	process->written = true;
	write_process(reply, list, &process->stat, depth);
	for (size_t i = first_child(list, process->stat.pid);
	     i < list->count && list->items[i].stat.parent == process->stat.pid; i++)
		write_subtree(reply, list, i, depth + 1);
}

static void write_processes(struct json_writer *reply, struct process_list *list)
{
	write_begin_array(reply);
	for (size_t i = 0; i < list->count; i++)
		if (!list_has(list, list->items[i].stat.parent))
			write_subtree(reply, list, i, 0);
	for (size_t i = 0; i < list->count; i++)
		write_subtree(reply, list, i, 0);
	write_end_array(reply);
}

/* ---- Tree ---- */

struct pid_set {
	pid_t *pids;
	size_t count, capacity;
};

static void pid_set_add(struct pid_set *set, const struct process_list *list)
{
	size_t needed = set->count + list->count, capacity = set->capacity ? set->capacity : 256;
	pid_t *pids;

	while (capacity < needed)
		capacity *= 2;
	pids = capacity == set->capacity ? set->pids : reallocarray(set->pids, capacity, sizeof *pids);
	if (!pids)
		return;
	set->pids = pids;
	set->capacity = capacity;
	for (size_t i = 0; i < list->count; i++)
		pids[set->count++] = list->items[i].stat.pid;
}

static int compare_pids(const void *left, const void *right)
{
	pid_t a = *(const pid_t *)left, b = *(const pid_t *)right;

	return (a > b) - (a < b);
}

static void write_unit_tree(struct json_writer *reply, struct manager *manager, const struct unit *unit,
			    struct pid_set *all)
{
	struct process_list list;

	read_processes(manager, unit->id, &list);
	pid_set_add(all, &list);
	if (list.count > 0) {
		write_begin_object(reply);
		write_key_string(reply, "Id", unit->definition->name);
		write_key_string(reply, "ActiveState", active_state_name(unit->active_state));
		write_key_string(reply, "SubState", sub_state_name(unit->sub_state));
		write_key(reply, "processes");
		write_processes(reply, &list);
		write_end_object(reply);
	}
	free(list.items);
}

/* What svinit started for itself: svlog, and the keepers. */
static bool is_our_own(struct manager *manager, pid_t pid)
{
	return log_line_is_process(manager, pid) || containment_of_keeper(manager->containment_root, pid);
}

/* svinit's children that are no unit's. */
static void write_orphans(struct json_writer *reply, struct manager *manager, struct pid_set *of_units)
{
	pid_t *children = calloc(PROCESSES_MAX, sizeof *children);
	int count = children ? proc_read_children(getpid(), children, PROCESSES_MAX) : 0;
	struct process_list list = { .manager = manager };

	if (of_units->count > 1)
		qsort(of_units->pids, of_units->count, sizeof *of_units->pids, compare_pids);
	for (int i = 0; i < count && i < PROCESSES_MAX; i++) {
		bool of_unit = of_units->count && bsearch(&children[i], of_units->pids, of_units->count,
							  sizeof *of_units->pids, compare_pids);
		struct proc_stat stat;

		if (!of_unit && !is_our_own(manager, children[i]) && proc_read_stat(children[i], &stat) == 0)
			list_add(&list, &stat);
	}
	write_processes(reply, &list);
	free(list.items);
	free(children);
}

static bool may_have_processes(const struct unit *unit)
{
	return unit->populated || unit->main_pid || unit->control_pid;
}

static void write_forest(struct json_writer *reply, struct control_call *call)
{
	struct manager *manager = call->manager;
	uint32_t count = core_unit_count(manager->core);
	struct pid_set of_units = { 0 };

	write_key(reply, "units");
	write_begin_array(reply);
	for (unit_id id = 0; id < count; id++) {
		const struct unit *unit = core_unit(manager->core, id);

		if (unit && may_have_processes(unit) && control_may(call, unit->definition->name))
			write_unit_tree(reply, manager, unit, &of_units);
	}
	write_end_array(reply);
	write_key(reply, "orphans");
	if (control_may(call, NULL)) {
		write_orphans(reply, manager, &of_units);
	} else {
		write_begin_array(reply);
		write_end_array(reply);
	}
	free(of_units.pids);
}

static void write_selected(struct json_writer *reply, struct control_call *call, const struct unit_selection *selection)
{
	struct pid_set of_units = { 0 };

	write_key(reply, "units");
	write_begin_array(reply);
	for (size_t i = 0; i < selection->count; i++) {
		const struct unit *unit = core_unit(call->manager->core, selection->units[i]);

		if (unit)
			write_unit_tree(reply, call->manager, unit, &of_units);
	}
	write_end_array(reply);
	free(of_units.pids);
}

static void handle_tree(struct control_call *call)
{
	struct unit_selection selection = { 0 };
	struct json_writer reply;
	json_t *names = NULL;

	if (!CONTROL_PARAMETERS(call, { "units", PARAMETER_STRINGS, false, &names }))
		return;
	if (names && !control_select(call, names, &selection))
		return;
	if (selection.missing_count > 0) {
		control_answer_no_such_unit(call, &selection.missing[0]);
		unit_selection_finish(&selection);
		return;
	}
	control_reply_begin(&reply, false);
	write_key_integer(&reply, "version", CONTROL_REPLY_VERSION);
	write_key_integer(&reply, "pid", getpid());
	if (names)
		write_selected(&reply, call, &selection);
	else
		write_forest(&reply, call);
	control_answer(call, &reply);
	unit_selection_finish(&selection);
}

/* ---- Why ---- */

static void write_waits(struct json_writer *reply, const struct core *core, unit_id id)
{
	unit_id waits[WAITS_MAX];
	size_t count = core_waits_for(core, id, waits, WAITS_MAX);

	write_key(reply, "waits");
	write_begin_array(reply);
	for (size_t i = 0; i < count && i < WAITS_MAX; i++) {
		const struct unit *unit = core_unit(core, waits[i]);

		if (!unit)
			continue;
		write_begin_object(reply);
		write_key_string(reply, "unit", unit->definition->name);
		write_key_string(reply, "ActiveState", active_state_name(unit->active_state));
		write_key_string(reply, "SubState", sub_state_name(unit->sub_state));
		write_key(reply, "job");
		unit_write_job(reply, unit);
		write_end_object(reply);
	}
	write_end_array(reply);
	write_key_integer(reply, "waitsCount", (int64_t)count);
}

static void write_deadline(struct json_writer *reply, const struct manager *manager, unit_id id)
{
	const char *what = NULL;
	usec deadline = core_unit_deadline(manager->core, id, &what);

	write_key(reply, "until");
	unit_write_time(reply, manager, deadline);
	write_key(reply, "untilMonotonic");
	write_usec(reply, deadline);
	write_key_string(reply, "deadline", deadline == USEC_INFINITY ? NULL : what);
}

static void write_control_command(struct json_writer *reply, const struct unit *unit)
{
	write_key(reply, "control");
	if (!unit->control_pid) {
		write_null(reply);
		return;
	}
	write_begin_object(reply);
	write_key_string(reply, "phase", unit_phase_name(unit->control_phase));
	write_key_integer(reply, "index", unit->control_index);
	write_key_integer(reply, "pid", unit->control_pid);
	write_end_object(reply);
}

static void write_why(struct json_writer *reply, struct manager *manager, const struct unit *unit)
{
	const struct unit *blocker = core_unit(manager->core, unit->blocked_by);
	struct process_list list;

	write_key_string(reply, "Id", unit->definition->name);
	write_key_string(reply, "LoadState", load_state_name(unit->definition->load_state));
	write_key_string(reply, "text", unit->definition->load_error);
	write_key_string(reply, "ActiveState", active_state_name(unit->active_state));
	write_key_string(reply, "SubState", sub_state_name(unit->sub_state));
	write_key_string(reply, "Result", unit->definition->service ? unit_result_name(unit->result) : NULL);
	write_key(reply, "StateChangeTimestamp");
	unit_write_time(reply, manager, unit->state_change);
	write_deadline(reply, manager, unit->id);
	write_key(reply, "job");
	unit_write_job(reply, unit);
	write_waits(reply, manager->core, unit->id);
	write_key_string(reply, "blockedBy", blocker ? blocker->definition->name : NULL);
	write_key_string(reply, "failure", unit->failure);
	write_key_string(reply, "statusText", unit->status_text);
	write_key_boolean(reply, "wanted", unit->wanted);
	write_control_command(reply, unit);
	read_processes(manager, unit->id, &list);
	write_key(reply, "processes");
	write_processes(reply, &list);
	free(list.items);
}

static void handle_why(struct control_call *call)
{
	const struct unit *unit;
	const char *name = NULL;
	struct json_writer reply;

	if (!CONTROL_PARAMETERS(call, { "unit", PARAMETER_STRING, true, &name }))
		return;
	unit = control_find(call, name);
	if (!unit)
		return;
	control_reply_begin(&reply, false);
	write_key(&reply, "why");
	write_begin_object(&reply);
	write_why(&reply, call->manager, unit);
	write_end_object(&reply);
	control_answer(call, &reply);
}

const struct control_method control_process_methods[] = {
	{ "Tree", CONTROL_READ_UNITS, handle_tree },
	{ "Why", CONTROL_READ_UNITS, handle_why },
	{ 0 },
};
