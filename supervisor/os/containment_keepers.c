/* Containment by keepers: the trees below them, and what they report. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "supervisor/os/containment_root.h"
#include "supervisor/os/proc.h"

enum { DEPTH_MAX = 1024, CHILDREN_AT_ONCE = 4096 };

static void reports_ready(struct event_source *source, uint32_t events)
{
	struct containment_root *root = (struct containment_root *)source;

	(void)events;
	root->on_report(root->context);
}

void containment_root_leave_pipe(struct containment_root *root, const int ends[2])
{
	root->source.fd = ends[0];
	root->keeper.report_fd = ends[1];
}

void containment_root_keeper_pipe(const struct containment_root *root, int ends[2])
{
	bool keepers = containment_root_has_keepers(root);

	ends[0] = keepers ? root->source.fd : -1;
	ends[1] = keepers ? root->keeper.report_fd : -1;
}

static int open_pipe(struct containment_root *root, struct cause *cause)
{
	int ends[2] = { root->source.fd, root->keeper.report_fd };

	root->source.fd = root->keeper.report_fd = -1;
	if ((ends[0] < 0 || ends[1] < 0) && pipe2(ends, O_CLOEXEC) < 0)
		return cause_set_errno(cause, errno, "no pipe for the keepers");
	/* Keepers wait for room, we never wait for them. */
	if (fcntl(ends[0], F_SETFL, O_NONBLOCK) < 0) {
		int error = errno;
		close(ends[0]);
		close(ends[1]);
		return cause_set_errno(cause, error, "the pipe of the keepers");
	}
	root->source = (struct event_source){ .fd = ends[0], .dispatch = reports_ready };
	int r = event_loop_add(root->loop, &root->source, EPOLLIN);
	if (r < 0) {
		root->source.fd = -1;
		close(ends[0]);
		close(ends[1]);
		return cause_set_errno(cause, -r, "the pipe of the keepers");
	}
	root->keeper.report_fd = ends[1];
	return 0;
}

int containment_root_open_keepers(struct containment_root *root, const char *program, void (*on_report)(void *context),
				  bool (*is_other)(pid_t child, void *context), struct cause *cause)
{
	root->is_other = is_other;
	root->on_report = on_report;
	int fd = open(program, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return cause_set_errno(cause, errno, "%s", program);
	if (faccessat(fd, "", X_OK, AT_EMPTY_PATH | AT_EACCESS) < 0 && errno == EACCES) {
		close(fd);
		return cause_set_errno(cause, EACCES, "%s", program);
	}
	int r = open_pipe(root, cause);
	if (r < 0)
		close(fd);
	else
		root->keeper.program_fd = fd;
	return r;
}

void keepers_close(struct containment_root *root)
{
	if (root->keeper.program_fd < 0)
		return;
	close(root->keeper.program_fd);
	close(root->keeper.report_fd);
	root->keeper.program_fd = root->keeper.report_fd = -1;
	free(root->kept);
	root->kept = NULL;
}

bool containment_root_has_keepers(const struct containment_root *root)
{
	return root->keeper.program_fd >= 0;
}

bool containment_next_report(struct containment_root *root, struct keeper_report *report)
{
	if (!containment_root_has_keepers(root))
		return false;
	while (read(root->source.fd, report, sizeof *report) == (ssize_t)sizeof *report) {
		struct containment *containment = containment_of_keeper(root, report->keeper);
		if (!containment)
			continue;
		for (unsigned i = 0; i < containment->keeper_count; i++) {
			struct keeper *keeper = &containment->keepers[i];
			if (keeper->pid != report->keeper)
				continue;
			keeper->empty = keeper->empty || report->empty;
			if (keeper->main == report->pid)
				keeper->main = 0;
		}
		return true;
	}
	return false;
}

/* ---- Which keeper is whose ---- */

static struct keeper_entry *place_of(const struct containment_root *root, pid_t pid)
{
	size_t at = (size_t)pid * UINT64_C(0x9E3779B97F4A7C15) >> 32;

	while (root->kept[at & (root->kept_capacity - 1)].pid != 0 &&
	       root->kept[at & (root->kept_capacity - 1)].pid != pid)
		at++;
	return &root->kept[at & (root->kept_capacity - 1)];
}

struct containment *containment_of_keeper(struct containment_root *root, pid_t keeper)
{
	return root->kept_count && keeper > 0 ? place_of(root, keeper)->containment : NULL;
}

static int make_room_in_table(struct containment_root *root)
{
	struct containment_root old = *root;

	if (root->kept_count * 2 < root->kept_capacity)
		return 0;
	size_t capacity = root->kept_capacity ? root->kept_capacity * 2 : 32;
	struct keeper_entry *entries = calloc(capacity, sizeof *entries);
	if (!entries)
		return -ENOMEM;
	root->kept = entries;
	root->kept_capacity = capacity;
	for (size_t i = 0; i < old.kept_capacity; i++)
		if (old.kept[i].pid != 0)
			*place_of(root, old.kept[i].pid) = old.kept[i];
	free(old.kept);
	return 0;
}

/* Those behind it in its row move up, so that a search never ends too early. */
static void take_out(struct containment_root *root, pid_t pid)
{
	struct keeper_entry *entry = root->kept_count ? place_of(root, pid) : NULL;

	if (!entry || entry->pid != pid)
		return;
	*entry = (struct keeper_entry){ 0 };
	root->kept_count--;
	for (size_t at = (size_t)(entry - root->kept) + 1;; at++) {
		struct keeper_entry *next = &root->kept[at & (root->kept_capacity - 1)], moved = *next;
		if (moved.pid == 0)
			return;
		*next = (struct keeper_entry){ 0 };
		*place_of(root, moved.pid) = moved;
	}
}

int containment_plan_keeper(struct containment *containment, const char *name, struct spawn_keeper *keeper)
{
	if (!containment_root_has_keepers(containment->root))
		return 0;
	if (containment->keeper_count == containment->keeper_capacity) {
		unsigned capacity = containment->keeper_capacity ? containment->keeper_capacity * 2 : 1;
		struct keeper *keepers = reallocarray(containment->keepers, capacity, sizeof *keepers);
		if (!keepers)
			return -ENOMEM;
		containment->keepers = keepers;
		containment->keeper_capacity = capacity;
	}
	int r = make_room_in_table(containment->root);
	if (r < 0)
		return r;
	*keeper = containment->root->keeper;
	keeper->name = name;
	return 1;
}

void containment_kept(struct containment *containment, pid_t keeper, pid_t process)
{
	containment->keepers[containment->keeper_count++] = (struct keeper){ .pid = keeper, .main = process };
	*place_of(containment->root, keeper) = (struct keeper_entry){ keeper, containment };
	containment->root->kept_count++;
}

static void forget_at(struct containment *containment, unsigned index)
{
	take_out(containment->root, containment->keepers[index].pid);
	containment->keepers[index] = containment->keepers[--containment->keeper_count];
}

pid_t containment_keeper_ended(struct containment *containment, pid_t keeper, bool killed)
{
	pid_t process = 0;

	for (unsigned i = 0; i < containment->keeper_count; i++) {
		if (containment->keepers[i].pid != keeper)
			continue;
		process = containment->keepers[i].main;
		/* What was below it came to us. */
		if (killed && !containment->keepers[i].empty) {
			containment->loose = containment->orphaned = true;
		}
		forget_at(containment, i);
		break;
	}
	return process;
}

void keepers_forget(struct containment *containment)
{
	while (containment->keeper_count > 0)
		forget_at(containment, containment->keeper_count - 1);
	free(containment->keepers);
}

bool keepers_hold_any(const struct containment *containment)
{
	for (unsigned i = 0; i < containment->keeper_count; i++)
		if (!containment->keepers[i].empty)
			return true;
	return false;
}

bool keepers_have_main(const struct containment *containment, pid_t pid)
{
	for (unsigned i = 0; i < containment->keeper_count; i++)
		if (containment->keepers[i].main == pid)
			return true;
	return false;
}

/* ---- Who is below them ---- */

/* The keeper that the process is below, or 0. */
static pid_t keeper_above(struct containment_root *root, pid_t pid)
{
	struct proc_stat stat;

	for (int depth = 0; depth < DEPTH_MAX && pid > 1; depth++) {
		if (containment_of_keeper(root, pid))
			return depth > 0 ? pid : 0;
		if (proc_read_stat(pid, &stat) < 0)
			return 0;
		pid = stat.parent;
	}
	return 0;
}

struct containment *keepers_of(struct containment_root *root, pid_t pid)
{
	pid_t keeper = root->kept_count > 0 ? keeper_above(root, pid) : 0;

	return keeper > 0 ? containment_of_keeper(root, keeper) : NULL;
}

bool containment_reaps_for(const struct containment *containment, pid_t parent)
{
	for (unsigned i = 0; i < containment->keeper_count; i++)
		if (containment->keepers[i].pid == parent)
			return true;
	return parent == getpid();
}

bool containment_watch(struct containment *containment, pid_t pid)
{
	pid_t above = keeper_above(containment->root, pid);

	for (unsigned i = 0; i < containment->keeper_count; i++) {
		struct keeper *keeper = &containment->keepers[i];
		/* Who is gone is below nobody; its keeper knows what it was asked to look after. */
		if (above > 0 ? keeper->pid != above : keeper->main != pid)
			continue;
		if (sigqueue(keeper->pid, KEEPER_SIGNAL_WATCH, (union sigval){ .sival_int = pid }) < 0)
			return false;
		keeper->main = pid;
		return true;
	}
	return false;
}

struct collection {
	pid_t *pids;
	size_t max, count;
};

/* With all of a process's threads: each has children of its own. */
static void collect_children(struct collection *collection, pid_t pid)
{
	pid_t children[CHILDREN_AT_ONCE];
	int count = proc_read_children(pid, children, CHILDREN_AT_ONCE);

	for (int i = 0; i < count && i < CHILDREN_AT_ONCE; i++) {
		struct proc_stat stat;
		if (proc_read_stat(children[i], &stat) < 0 || stat.state == 'X')
			continue;
		if (collection->count < collection->max)
			collection->pids[collection->count] = children[i];
		collection->count++;
	}
}

/* Zombies are walked through, for others may be below them while their threads live, but are not told of. */
static size_t drop_zombies(struct collection *collection, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		struct proc_stat stat;
		if (proc_read_stat(collection->pids[i], &stat) == 0 && stat.state != 'Z')
			collection->pids[kept++] = collection->pids[i];
	}
	return kept;
}

int keepers_processes(const struct containment *containment, pid_t *pids, size_t max)
{
	struct collection collection = { .pids = pids, .max = max };

	for (unsigned i = 0; i < containment->keeper_count; i++)
		collect_children(&collection, containment->keepers[i].pid);
	for (size_t i = 0; i < collection.count && i < max; i++)
		collect_children(&collection, pids[i]);
	if (collection.count > max)
		return (int)collection.count;
	return (int)drop_zombies(&collection, collection.count);
}

/* ---- Signals ---- */

static int order(const struct keeper *keeper, int signal, int flags)
{
	return sigqueue(keeper->pid, KEEPER_SIGNAL_COMMAND, (union sigval){ .sival_int = signal | flags }) < 0 ? -errno
													       : 0;
}

int keepers_signal(struct containment *containment, int signal, pid_t spare, bool and_continue)
{
	int count = 0;

	for (unsigned i = 0; i < containment->keeper_count; i++) {
		const struct keeper *keeper = &containment->keepers[i];
		int flags = (and_continue ? KEEPER_COMMAND_CONTINUE : 0) |
			    (spare > 0 && keeper->main == spare ? KEEPER_COMMAND_SPARE_MAIN : 0);
		if (keeper->empty)
			continue;
		int r = order(keeper, signal, flags);
		if (r < 0)
			return r;
		/* Somebody may have stopped it. */
		if (signal == SIGKILL)
			(void)kill(keeper->pid, SIGCONT);
		count++;
	}
	return count;
}

size_t containment_signal_kept(struct containment_root *root, int signal)
{
	size_t count = 0;

	for (struct containment *item = root->first; item; item = item->next) {
		for (unsigned i = 0; i < item->keeper_count; i++) {
			if (item->keepers[i].empty)
				continue;
			count++;
			if (signal != 0)
				(void)order(&item->keepers[i], signal, 0);
		}
	}
	return count;
}
