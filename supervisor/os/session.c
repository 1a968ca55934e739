/* Containment without cgroups and keepers: by session, process group, descent and INVOCATION_ID. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "supervisor/os/containment_root.h"

enum { DESCENT_UNKNOWN, DESCENT_OURS, DESCENT_FOREIGN };

static bool is_dead(const struct proc_stat *stat)
{
	return stat->state == 'Z' || stat->state == 'X' || stat->state == 'x';
}

static int by_leader(const void *a, const void *b)
{
	pid_t x = ((const struct leader_entry *)a)->pid, y = ((const struct leader_entry *)b)->pid;

	return (x > y) - (x < y);
}

static int list_leaders(struct containment_root *root)
{
	struct session_view *view = &root->view;
	size_t wanted = root->count * 2 + root->kept_count;

	if (view->leader_capacity < wanted) {
		size_t capacity = wanted * 2;
		struct leader_entry *leaders = realloc(view->leaders, capacity * sizeof *leaders);
		if (!leaders)
			return -ENOMEM;
		view->leaders = leaders;
		view->leader_capacity = capacity;
	}
	view->leader_count = 0;
	for (struct containment *item = root->first; item; item = item->next) {
		item->alive = 0;
		for (int role = 0; role < 2; role++)
			if (item->leader[role] > 0)
				view->leaders[view->leader_count++] = (struct leader_entry){ item->leader[role], item };
		for (unsigned i = 0; i < item->keeper_count; i++)
			view->leaders[view->leader_count++] = (struct leader_entry){ item->keepers[i].pid, item };
	}
	if (view->leader_count)
		qsort(view->leaders, view->leader_count, sizeof *view->leaders, by_leader);
	return 0;
}

static struct containment *led_by(const struct session_view *view, pid_t pid)
{
	struct leader_entry key = { .pid = pid };
	struct leader_entry *found =
		view->leader_count ? bsearch(&key, view->leaders, view->leader_count, sizeof key, by_leader) : NULL;

	return found ? found->containment : NULL;
}

static int make_room(struct session_view *view)
{
	size_t wanted = view->table.capacity;

	if (view->capacity < wanted) {
		struct containment **owners = realloc(view->owners, wanted * sizeof *owners);
		if (!owners)
			return -ENOMEM;
		view->owners = owners;
		signed char *descent = realloc(view->descent, wanted);
		if (!descent)
			return -ENOMEM;
		view->descent = descent;
		view->capacity = wanted;
	}
	memset(view->owners, 0, view->capacity * sizeof *view->owners);
	memset(view->descent, DESCENT_UNKNOWN, view->capacity);
	return 0;
}

/* The containment whose INVOCATION_ID the process was started with: for those whose parents are all gone. */
static struct containment *by_environment(struct containment_root *root, pid_t pid)
{
	char id[33];

	if (proc_get_environment(pid, "INVOCATION_ID", id, sizeof id) != 1)
		return NULL;
	for (struct containment *item = root->first; item; item = item->next)
		if (item->invocation_id[0] && strcmp(item->invocation_id, id) == 0)
			return item;
	return NULL;
}

static struct containment *own_marks(const struct session_view *view, const struct proc_stat *stat)
{
	struct containment *owner = led_by(view, stat->pid);

	if (!owner)
		owner = led_by(view, stat->session);
	return owner ? owner : led_by(view, stat->group);
}

/* An unknown child of ours can only have come from below a keeper that was killed. */
static struct containment *by_elimination(struct containment_root *root, pid_t child)
{
	struct containment *item = root->first;

	while (item && !item->orphaned)
		item = item->next;
	return item && root->is_other && !root->is_other(child, root->context) ? item : NULL;
}

/* Walks up from `start` to the first whose owner or descent is known, and gives all on the way the same. */
static void resolve(struct containment_root *root, size_t start, pid_t self)
{
	struct session_view *view = &root->view;
	struct proc_stat *items = view->table.items;
	struct containment *owner = NULL;
	size_t at = start, steps = 0;
	signed char descent;

	for (;;) {
		if (!owner)
			owner = own_marks(view, &items[at]);
		descent = view->descent[at];
		if (descent != DESCENT_UNKNOWN) {
			owner = owner ? owner : view->owners[at];
			break;
		}
		if (items[at].parent == self) {
			descent = DESCENT_OURS;
			if (!owner && !is_dead(&items[at]))
				owner = by_environment(root, items[at].pid);
			if (!owner && !is_dead(&items[at]))
				owner = by_elimination(root, items[at].pid);
			break;
		}
		struct proc_stat *parent = proc_table_find(&view->table, items[at].parent);
		if (!parent || parent->pid == self || ++steps > view->table.count) {
			descent = DESCENT_FOREIGN;
			break;
		}
		at = (size_t)(parent - items);
	}
	/* Whoever it came from may have died just now, with its environment. */
	if (!owner && descent == DESCENT_OURS && !is_dead(&items[start]))
		owner = by_environment(root, items[start].pid);
	view->descent[start] = descent;
	view->owners[start] = descent == DESCENT_OURS ? owner : NULL;
}

static int take_view(struct containment_root *root)
{
	struct session_view *view = &root->view;
	pid_t self = getpid();

	view->valid = false;
	view->births = root->births;
	int r = proc_table_read(&view->table);
	if (r == 0)
		r = list_leaders(root);
	if (r == 0)
		r = make_room(view);
	if (r < 0)
		return r;
	for (size_t i = 0; i < view->table.count; i++) {
		if (view->table.items[i].pid != self)
			resolve(root, i, self);
		if (containment_of_keeper(root, view->table.items[i].pid))
			view->owners[i] = NULL;
		if (view->owners[i] && !is_dead(&view->table.items[i]))
			view->owners[i]->alive++;
	}
	view->valid = true;
	return 0;
}

/* Who had no process at some moment gets none but by us, so an older look that showed none is as good as a new one. */
int session_is_empty(struct containment *containment)
{
	struct containment_root *root = containment->root;

	if (root->view.valid && containment->born <= root->view.births && containment->alive == 0)
		return 1;
	int r = take_view(root);
	return r < 0 ? r : containment->alive == 0;
}

int session_processes(struct containment *containment, pid_t *pids, size_t max)
{
	struct session_view *view = &containment->root->view;
	size_t count = 0;

	int r = take_view(containment->root);
	if (r < 0)
		return r;
	for (size_t i = 0; i < view->table.count; i++) {
		if (view->owners[i] != containment || is_dead(&view->table.items[i]))
			continue;
		if (count < max)
			pids[count] = view->table.items[i].pid;
		count++;
	}
	return (int)count;
}

/* The leader at hand needs no look at all others. */
struct containment *session_of(struct containment_root *root, pid_t pid)
{
	for (struct containment *item = root->first; item; item = item->next)
		if (pid > 0 && (item->leader[0] == pid || item->leader[1] == pid))
			return item;
	if (take_view(root) < 0)
		return NULL;
	struct proc_stat *stat = proc_table_find(&root->view.table, pid);
	return stat ? root->view.owners[stat - root->view.table.items] : NULL;
}

bool session_still_has(const struct containment *containment, pid_t pid)
{
	const struct session_view *view = &containment->root->view;
	const struct proc_stat *then = proc_table_find(&view->table, pid);
	struct proc_stat now;

	return then && view->owners[then - view->table.items] == containment && proc_read_stat(pid, &now) == 0 &&
	       now.start_time == then->start_time;
}

void session_view_finish(struct session_view *view)
{
	proc_table_finish(&view->table);
	free(view->owners);
	free(view->descent);
	free(view->leaders);
	*view = (struct session_view){ .valid = false };
}
