/* Conditions on memory, CPUs, controllers and pressure. */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "common/parse.h"
#include "supervisor/condition_tests.h"

static int three_way(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

bool condition_memory(const char *wanted)
{
	enum comparison comparison = comparison_take(&wanted, COMPARE_AT_LEAST);
	struct sysinfo info;
	uint64_t bytes;

	if (parse_size(wanted, &bytes) < 0 || sysinfo(&info) < 0)
		return false;
	return comparison_judge(comparison, three_way((uint64_t)info.totalram * info.mem_unit, bytes));
}

bool condition_cpus(const char *wanted)
{
	enum comparison comparison = comparison_take(&wanted, COMPARE_AT_LEAST);
	uint64_t count;
	cpu_set_t set;

	if (parse_unsigned(wanted, 65536, &count) < 0 || sched_getaffinity(0, sizeof set, &set) < 0)
		return false;
	return comparison_judge(comparison, three_way((uint64_t)CPU_COUNT(&set), count));
}

static bool has_word(const char *text, const char *word)
{
	size_t length = strlen(word);

	if (length == 0)
		return false;
	for (const char *at = strstr(text, word); at; at = strstr(at + 1, word)) {
		bool begins = at == text || strchr(" \t\n:", at[-1]);
		if (begins && (at[length] == '\0' || strchr(" \t\n", at[length])))
			return true;
	}
	return false;
}

bool condition_cpu_feature(const char *wanted)
{
	char text[16384];
	char *flags;

	if (!condition_read_file("/proc/cpuinfo", text, sizeof text))
		return false;
	flags = strstr(text, "flags");
	flags = flags ? flags : strstr(text, "Features");
	if (!flags)
		return false;
	flags[strcspn(flags, "\n")] = '\0';
	return has_word(flags, wanted);
}

/* All controllers named are there. "v1" and "v2" ask for the kind of tree. */
bool condition_control_group_controller(const char *wanted)
{
	char controllers[1024], copy[512], *rest = NULL;
	bool pure = condition_read_file("/sys/fs/cgroup/cgroup.controllers", controllers, sizeof controllers);

	if (strcmp(wanted, "v2") == 0)
		return pure;
	if (strcmp(wanted, "v1") == 0)
		return !pure;
	if (!pure && !condition_read_file("/sys/fs/cgroup/unified/cgroup.controllers", controllers, sizeof controllers))
		*controllers = '\0';
	snprintf(copy, sizeof copy, "%s", wanted);
	for (char *word = strtok_r(copy, " \t", &rest); word; word = strtok_r(NULL, " \t", &rest)) {
		char path[600];
		snprintf(path, sizeof path, "/sys/fs/cgroup/%s", word);
		if (!has_word(controllers, word) && (pure || strchr(word, '/') || access(path, F_OK) != 0))
			return false;
	}
	return true;
}

/* Which average of a pressure file a span names. */
static const char *average_name(const char *span)
{
	if (strcmp(span, "1min") == 0)
		return "avg60=";
	return strcmp(span, "10sec") == 0 ? "avg10=" : "avg300=";
}

/* "SLICE:LIMIT%/SPAN": at or below the limit; where the kernel does not measure, nothing speaks against it. */
static bool pressure_is_low(const char *file, const char *wanted)
{
	char text[512], path[64], *end;
	const char *colon = strrchr(wanted, ':');
	double limit = strtod(colon ? colon + 1 : wanted, &end);
	const char *span = strchr(end, '/');

	if (*end == '%')
		end++;
	if (*end && *end != '/')
		return false;
	snprintf(path, sizeof path, "/proc/pressure/%s", file);
	if (colon || !condition_read_file(path, text, sizeof text))
		return true;
	const char *average = strstr(text, average_name(span ? span + 1 : "5min"));
	return !average || strtod(strchr(average, '=') + 1, NULL) <= limit;
}

bool condition_memory_pressure(const char *wanted)
{
	return pressure_is_low("memory", wanted);
}

bool condition_cpu_pressure(const char *wanted)
{
	return pressure_is_low("cpu", wanted);
}

bool condition_io_pressure(const char *wanted)
{
	return pressure_is_low("io", wanted);
}
