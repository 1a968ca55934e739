#include "ctl/forest.h"

#include <stdlib.h>
#include <string.h>

#include "ctl/property.h"

struct process_node {
	json_int_t pid, parent;
	const json_t *process;
	bool printed;
};

struct forest {
	const struct terminal *terminal;
	FILE *stream;
	struct process_node *nodes; /* by PID */
	size_t count;
};

const char *forest_branch(const struct terminal *terminal, bool last)
{
	if (terminal->unicode)
		return last ? "└─" : "├─";
	return last ? "`-" : "|-";
}

const char *forest_below(const struct terminal *terminal, bool last)
{
	if (last)
		return "  ";
	return terminal->unicode ? "│ " : "| ";
}

static int compare_pids(const void *left, const void *right)
{
	const struct process_node *a = left, *b = right;
	return a->pid < b->pid ? -1 : a->pid > b->pid;
}

static bool is_among(const struct forest *forest, json_int_t pid)
{
	struct process_node key = { .pid = pid };
	return bsearch(&key, forest->nodes, forest->count, sizeof(key), compare_pids) != NULL;
}

static void print_process(const struct forest *forest, const struct process_node *node, const char *prefix, bool last)
{
	const char *state = property_text_or(node->process, "State", "");
	const char *command = property_text_or(node->process, "Command", "-");
	const struct terminal *terminal = forest->terminal;
	const char *mark = state[0] == 'Z' ? " (zombie)" : property_flag(node->process, "Orphan") ? " (orphan)" : "";
	enum style style = *mark ? STYLE_WARNING : STYLE_PLAIN;
	char head[FOREST_PREFIX_MAX + 64];
	char *text = text_harmless(command, strlen(command));
	size_t used;
	snprintf(head, sizeof(head), "%s%s%" JSON_INTEGER_FORMAT " ", prefix, forest_branch(terminal, last), node->pid);
	size_t taken = text_width(head) + strlen(mark), width = (size_t)terminal->width;
	if (text && width)
		text[text_fit(text, width > taken ? width - taken : 0, &used)] = '\0';
	fprintf(forest->stream, "%s%s%s%s%s\n", head, style_begin(terminal, style), text ? text : "", mark,
		style_end(terminal, style));
	free(text);
}

/* The next process of a parent that is not printed yet; a negative parent: of none of these. */
static struct process_node *next_child(const struct forest *forest, json_int_t parent, size_t from)
{
	for (size_t i = from; i < forest->count; i++) {
		struct process_node *node = &forest->nodes[i];
		bool fits = parent < 0 ? !is_among(forest, node->parent) || node->parent == node->pid
				       : node->parent == parent;
		if (fits && !node->printed)
			return node;
	}
	return NULL;
}

static void print_children(const struct forest *forest, json_int_t parent, const char *prefix)
{
	struct process_node *node = next_child(forest, parent, 0);
	while (node) {
		char below[FOREST_PREFIX_MAX];
		node->printed = true;
		struct process_node *next = next_child(forest, parent, (size_t)(node - forest->nodes) + 1);
		print_process(forest, node, prefix, !next);
		size_t length =
			(size_t)snprintf(below, sizeof(below), "%s%s", prefix, forest_below(forest->terminal, !next));
		/* Deeper than the prefix can show they stand flat, for the lines would be of no use. */
		print_children(forest, node->pid, length < sizeof(below) ? below : prefix);
		node = next && next->printed ? next_child(forest, parent, 0) : next;
	}
}

void forest_print_processes(const struct terminal *terminal, FILE *stream, const json_t *processes, const char *prefix)
{
	size_t i, count = json_array_size(processes);
	struct forest forest = { .terminal = terminal, .stream = stream };
	const json_t *process;
	forest.nodes = calloc(count ? count : 1, sizeof(*forest.nodes));
	if (!forest.nodes)
		return;
	json_array_foreach(processes, i, process) {
		json_int_t pid = property_number_or(process, "PID", 0);
		if (pid > 0)
			forest.nodes[forest.count++] = (struct process_node){
				.pid = pid, .parent = property_number_or(process, "PPID", 0), .process = process
			};
	}
	qsort(forest.nodes, forest.count, sizeof(*forest.nodes), compare_pids);
	print_children(&forest, -1, prefix);
	/* Parents that changed while they were looked at may make a circle, which no root leads to. */
	for (i = 0; i < forest.count; i++)
		if (!forest.nodes[i].printed) {
			forest.nodes[i].parent = forest.nodes[i].pid;
			print_children(&forest, -1, prefix);
		}
	free(forest.nodes);
}
