#include "supervisor/os/proc.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

static struct proc_stat *table_add(struct proc_table *table)
{
	if (table->count == table->capacity) {
		size_t capacity = table->capacity ? table->capacity * 2 : 256;
		if (capacity > PROC_TABLE_MAX)
			return NULL;
		struct proc_stat *items = realloc(table->items, capacity * sizeof *items);
		if (!items)
			return NULL;
		table->items = items;
		table->capacity = capacity;
	}
	return &table->items[table->count++];
}

static int by_pid(const void *a, const void *b)
{
	pid_t x = ((const struct proc_stat *)a)->pid, y = ((const struct proc_stat *)b)->pid;

	return (x > y) - (x < y);
}

/* 0 also for a process that went away in between. */
static int table_read_entry(struct proc_table *table, const char *name)
{
	char *end;
	long pid = strtol(name, &end, 10);

	if (*end || pid <= 0)
		return 0;
	struct proc_stat *item = table_add(table);
	if (!item)
		return -ENOMEM;
	if (proc_read_stat((pid_t)pid, item) < 0)
		table->count--;
	return 0;
}

int proc_table_read(struct proc_table *table)
{
	DIR *directory = opendir("/proc");
	struct dirent *entry;
	int r = 0;

	if (!directory)
		return -errno;
	table->count = 0;
	errno = 0;
	while (r == 0 && (entry = readdir(directory))) {
		r = table_read_entry(table, entry->d_name);
		errno = 0;
	}
	if (r == 0)
		r = -errno;
	closedir(directory);
	/* The kernel lists them by pid, but nobody promises that. */
	if (table->count)
		qsort(table->items, table->count, sizeof *table->items, by_pid);
	return r;
}

struct proc_stat *proc_table_find(const struct proc_table *table, pid_t pid)
{
	struct proc_stat key = { .pid = pid };

	return table->count ? bsearch(&key, table->items, table->count, sizeof key, by_pid) : NULL;
}

void proc_table_finish(struct proc_table *table)
{
	free(table->items);
	*table = (struct proc_table){ .items = NULL };
}
