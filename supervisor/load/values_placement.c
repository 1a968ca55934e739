/* Where a process may run and what it is to the kernel: CPUs, memory nodes, personality, what of it is dumped. */
#include <errno.h>
#include <linux/mempolicy.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>

#include "common/parse.h"
#include "supervisor/load/unit_load.h"
#include "supervisor/load/values.h"

static struct placement_options *own_placement(struct unit_load *load)
{
	struct exec_options *options = unit_definition_own_exec_options(load->definition);

	if (options && !options->placement) {
		options->placement = calloc(1, sizeof *options->placement);
		if (options->placement)
			options->placement->numa_policy = -1;
	}
	return options ? options->placement : NULL;
}

static int warn(struct unit_load *load, const struct key *key, const char *value)
{
	load_report(load, DIAGNOSTIC_WARNING, "%s=%.100s is not understood, left out", key->name, value);
	return 0;
}

/* "0-3" or "7" */
static int add_range(const char *word, uint64_t *set, size_t words)
{
	char *dash = strchr(word, '-');
	uint64_t first, last;

	if (dash)
		*dash = '\0';
	int r = parse_unsigned(word, words * 64 - 1, &first);
	if (r == 0 && dash)
		r = parse_unsigned(dash + 1, words * 64 - 1, &last);
	else
		last = first;
	if (r < 0 || last < first)
		return -EINVAL;
	for (uint64_t i = first; i <= last; i++)
		set[i / 64] |= UINT64_C(1) << (i % 64);
	return 0;
}

static int add_set(char *value, uint64_t *set, size_t words)
{
	char *rest = NULL;

	for (char *word = strtok_r(value, " \t,", &rest); word; word = strtok_r(NULL, " \t,", &rest))
		if (add_range(word, set, words) < 0)
			return -EINVAL;
	return 0;
}

int read_cpu_affinity(struct unit_load *load, const struct key *key, char *value)
{
	struct placement_options *placement = own_placement(load);
	uint64_t cpus[PLACEMENT_CPU_WORDS];

	if (!placement)
		return -ENOMEM;
	if (!*value || strcmp(value, "numa") == 0) {
		memset(placement->cpus, 0, sizeof placement->cpus);
		placement->cpus_of_nodes = *value;
		placement->cpus_set = *value;
		return 0;
	}
	memcpy(cpus, placement->cpus, sizeof cpus);
	if (add_set(value, cpus, PLACEMENT_CPU_WORDS) < 0)
		return warn(load, key, value);
	memcpy(placement->cpus, cpus, sizeof cpus);
	placement->cpus_set = true;
	return 0;
}

int read_numa_policy(struct unit_load *load, const struct key *key, char *value)
{
	static const char *const names[] = {
		[MPOL_DEFAULT] = "default",       [MPOL_PREFERRED] = "preferred", [MPOL_BIND] = "bind",
		[MPOL_INTERLEAVE] = "interleave", [MPOL_LOCAL] = "local",
	};
	struct placement_options *placement = own_placement(load);

	if (!placement)
		return -ENOMEM;
	int policy = *value ? parse_name(value, names, sizeof names / sizeof *names) : -1;
	if (*value && policy < 0)
		return warn(load, key, value);
	placement->numa_policy = policy;
	return 0;
}

int read_numa_mask(struct unit_load *load, const struct key *key, char *value)
{
	struct placement_options *placement = own_placement(load);
	uint64_t nodes[PLACEMENT_NODE_WORDS] = { 0 };

	if (!placement)
		return -ENOMEM;
	placement->all_nodes = strcmp(value, "all") == 0;
	if (!placement->all_nodes && add_set(value, nodes, PLACEMENT_NODE_WORDS) < 0)
		return warn(load, key, value);
	memcpy(placement->nodes, nodes, sizeof nodes);
	return 0;
}

/* The bits of core(5), by their names or as hexadecimal digits. */
static int add_dumped(const char *word, uint64_t *filter)
{
	static const char *const names[] = {
		"private-anonymous", "shared-anonymous", "private-file-backed", "shared-file-backed", "elf-headers",
		"private-huge",      "shared-huge",      "private-dax",         "shared-dax",
	};
	char *end = "";

	int bit = parse_name(word, names, sizeof names / sizeof *names);
	if (bit >= 0)
		*filter |= UINT64_C(1) << bit;
	else if (strcmp(word, "all") == 0)
		*filter = UINT64_MAX;
	else if (strcmp(word, "default") == 0)
		*filter |= 0x33;
	else
		*filter |= strtoull(word, &end, 16);
	return bit >= 0 || !*end ? 0 : -EINVAL;
}

int read_coredump_filter(struct unit_load *load, const struct key *key, char *value)
{
	struct placement_options *placement = own_placement(load);
	uint64_t filter = placement && placement->coredump_filter_set ? placement->coredump_filter : 0;
	char *rest = NULL;

	if (!placement)
		return -ENOMEM;
	if (!*value) {
		placement->coredump_filter_set = false;
		return 0;
	}
	for (char *word = strtok_r(value, " \t", &rest); word; word = strtok_r(NULL, " \t", &rest))
		if (add_dumped(word, &filter) < 0)
			return warn(load, key, word);
	placement->coredump_filter = filter;
	placement->coredump_filter_set = true;
	return 0;
}

/* What uname(2) says: this machine's own, or the narrower one that it can run too. */
int read_personality(struct unit_load *load, const struct key *key, char *value)
{
	static const struct {
		const char *name;
		unsigned personality;
	} known[] = {
#if defined __x86_64__
		{ "x86-64", PER_LINUX },
		{ "x86", PER_LINUX32 },
#elif defined __aarch64__
		{ "arm64", PER_LINUX },
		{ "arm", PER_LINUX32 },
#elif defined __i386__
		{ "x86", PER_LINUX },
#elif defined __powerpc64__
		{ __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? "ppc64-le" : "ppc64", PER_LINUX },
#elif defined __s390x__
		{ "s390x", PER_LINUX },
		{ "s390", PER_LINUX32 },
#elif defined __riscv
		{ "riscv64", PER_LINUX },
#endif
		{ "", PER_LINUX },
	};
	struct placement_options *placement = own_placement(load);

	if (!placement)
		return -ENOMEM;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (strcmp(value, known[i].name) != 0)
			continue;
		placement->personality_set = *value;
		placement->personality = known[i].personality;
		return 0;
	}
	return warn(load, key, value);
}
