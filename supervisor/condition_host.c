/* Conditions on the host, its kernel, and who runs svinit. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "common/parse.h"
#include "supervisor/condition_tests.h"
#include "supervisor/load/capability_name.h"
#include "supervisor/load/host_facts.h"

enum { SMALL_FILE_MAX = 8192, FIRST_ORDINARY_UID = 1000, SUPPLIES_MAX = 64, GROUPS_MAX = 1024, WORD_MAX = 255 };

bool condition_read_file(const char *path, char *to, unsigned long size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	ssize_t length = fd < 0 ? -1 : read(fd, to, size - 1);

	if (fd >= 0)
		close(fd);
	if (length < 0)
		return false;
	to[length] = '\0';
	return true;
}

/* Asks for one fact and forgets all: conditions are rare, and facts change. */
static bool fact_matches(enum host_fact fact, bool (*matches)(const char *value, const char *wanted),
			 const char *wanted)
{
	struct host_facts facts = { 0 };
	const char *value = host_fact(&facts, fact);
	bool result = value && matches(value, wanted);

	host_facts_finish(&facts);
	return result;
}

static bool is_same(const char *value, const char *wanted)
{
	return strcmp(value, wanted) == 0;
}

static bool matches_pattern(const char *value, const char *pattern)
{
	return fnmatch(pattern, value, FNM_CASEFOLD) == 0;
}

bool condition_architecture(const char *wanted)
{
	return strcmp(wanted, "native") == 0 || strcmp(wanted, host_architecture()) == 0;
}

bool condition_firmware(const char *wanted)
{
	if (strcmp(wanted, "uefi") == 0)
		return access("/sys/firmware/efi", F_OK) == 0;
	return strcmp(wanted, "device-tree") == 0 && access("/sys/firmware/devicetree/base", F_OK) == 0;
}

bool condition_host(const char *wanted)
{
	return fact_matches(FACT_MACHINE_ID, is_same, wanted) || fact_matches(FACT_HOST_NAME, matches_pattern, wanted);
}

/* In a container the arguments of its PID 1 stand for the kernel's: those are the host's. */
static bool read_command_line(char *line, size_t size)
{
	if (!condition_virtualization("container"))
		return condition_read_file("/proc/cmdline", line, size);
	int fd = open("/proc/1/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, line, size - 1);
	if (fd >= 0)
		close(fd);
	for (ssize_t i = 0; i < length; i++)
		line[i] = line[i] == '\0' ? ' ' : line[i];
	line[length > 0 ? length : 0] = '\0';
	return length >= 0;
}

/* A word of it is WANTED, or begins with "WANTED=" where WANTED has no value itself. */
bool condition_kernel_command_line(const char *wanted)
{
	char line[SMALL_FILE_MAX];
	size_t length = strlen(wanted);
	char *rest = NULL;

	if (!read_command_line(line, sizeof line))
		return false;
	for (char *word = strtok_r(line, " \t\n", &rest); word; word = strtok_r(NULL, " \t\n", &rest))
		if (strcmp(word, wanted) == 0 ||
		    (!strchr(wanted, '=') && strncmp(word, wanted, length) == 0 && word[length] == '='))
			return true;
	return false;
}

bool condition_credential(const char *name)
{
	const char *directory = getenv("CREDENTIALS_DIRECTORY");
	char path[512];

	return directory && !strchr(name, '/') &&
	       snprintf(path, sizeof path, "%s/%s", directory, name) < (int)sizeof path && access(path, F_OK) == 0;
}

bool condition_environment(const char *wanted)
{
	size_t length = strcspn(wanted, "=");
	char name[WORD_MAX + 1];

	if (length > WORD_MAX)
		return false;
	memcpy(name, wanted, length);
	name[length] = '\0';
	const char *value = getenv(name);
	return value && (wanted[length] == '\0' || strcmp(value, wanted + length + 1) == 0);
}

static bool first_letter_is(const char *path, char letter)
{
	char text[16];

	return condition_read_file(path, text, sizeof text) && *text == letter;
}

bool condition_security(const char *wanted)
{
	if (strcmp(wanted, "selinux") == 0)
		return access("/sys/fs/selinux/enforce", F_OK) == 0;
	if (strcmp(wanted, "apparmor") == 0)
		return first_letter_is("/sys/module/apparmor/parameters/enabled", 'Y');
	if (strcmp(wanted, "smack") == 0)
		return access("/sys/fs/smackfs", F_OK) == 0;
	if (strcmp(wanted, "ima") == 0)
		return access("/sys/kernel/security/ima", F_OK) == 0;
	if (strcmp(wanted, "tomoyo") == 0)
		return access("/sys/kernel/security/tomoyo/version", F_OK) == 0;
	if (strcmp(wanted, "tpm2") == 0)
		return access("/sys/class/tpmrm/tpmrm0", F_OK) == 0;
	return false; /* audit, secure boot, …: not for a container to have */
}

/* Built into the kernel counts too; one that is still coming or going does not. */
bool condition_kernel_module_loaded(const char *name)
{
	char path[512], state[16];

	if (!*name || strchr(name, '/') || strstr(name, "..") ||
	    snprintf(path, sizeof path, "/sys/module/%s/initstate", name) >= (int)sizeof path)
		return false;
	for (char *c = path; *c; c++)
		*c = *c == '-' ? '_' : *c;
	if (condition_read_file(path, state, sizeof state))
		return strcmp(state, "live\n") == 0;
	*strrchr(path, '/') = '\0';
	return access(path, F_OK) == 0;
}

bool condition_capability(const char *name)
{
	int capability = capability_from_name(name);

	return capability >= 0 && prctl(PR_CAPBSET_READ, capability, 0, 0, 0) == 1;
}

static bool supply_says(const char *name, const char *file, const char *text)
{
	char path[512], value[32];

	return snprintf(path, sizeof path, "/sys/class/power_supply/%s/%s", name, file) < (int)sizeof path &&
	       condition_read_file(path, value, sizeof value) && strncmp(value, text, strlen(text)) == 0;
}

/* On mains power, which is also so where there is no battery. */
static bool on_ac_power(void)
{
	DIR *directory = opendir("/sys/class/power_supply");
	bool discharging = false, online = false;
	struct dirent *item;

	if (!directory)
		return true;
	for (int i = 0; i < SUPPLIES_MAX && !online && (item = readdir(directory)); i++) {
		if (*item->d_name == '.')
			continue;
		if (supply_says(item->d_name, "type", "Mains") || supply_says(item->d_name, "type", "USB"))
			online = supply_says(item->d_name, "online", "1");
		else if (supply_says(item->d_name, "type", "Battery"))
			discharging = discharging || supply_says(item->d_name, "status", "Discharging");
	}
	closedir(directory);
	return online || !discharging;
}

bool condition_ac_power(const char *wanted)
{
	bool expected;

	return parse_boolean(wanted, &expected) == 0 && on_ac_power() == expected;
}

bool condition_user(const char *wanted)
{
	uint64_t number;

	if (parse_unsigned(wanted, UINT32_MAX - 1, &number) == 0)
		return number == getuid() || number == geteuid();
	if (strcmp(wanted, "@system") == 0)
		return geteuid() < FIRST_ORDINARY_UID;
	return fact_matches(FACT_USER_NAME, is_same, wanted);
}

static bool is_in_group(gid_t wanted)
{
	gid_t groups[GROUPS_MAX];
	int count = getgroups(GROUPS_MAX, groups);

	if (wanted == getgid() || wanted == getegid())
		return true;
	for (int i = 0; i < count; i++)
		if (groups[i] == wanted)
			return true;
	return false;
}

bool condition_group(const char *wanted)
{
	uint64_t number;
	bool found = false;

	if (parse_unsigned(wanted, UINT32_MAX - 1, &number) == 0)
		return is_in_group((gid_t)number);
	FILE *file = fopen("/etc/group", "re");
	if (!file)
		return false;
	for (struct group *group = fgetgrent(file); group && !found; group = fgetgrent(file))
		found = strcmp(group->gr_name, wanted) == 0 && is_in_group(group->gr_gid);
	fclose(file);
	return found;
}

static bool os_release_value(const char *name, char *value, size_t size)
{
	char text[SMALL_FILE_MAX];
	size_t length = strlen(name);
	char *rest = NULL;

	if (!condition_read_file("/etc/os-release", text, sizeof text) &&
	    !condition_read_file("/usr/lib/os-release", text, sizeof text))
		return false;
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (strncmp(line, name, length) != 0 || line[length] != '=')
			continue;
		line += length + 1;
		size_t end = strlen(line);
		bool quoted = end >= 2 && (*line == '"' || *line == '\'') && line[end - 1] == *line;
		snprintf(value, size, "%.*s", (int)(quoted ? end - 2 : end), line + quoted);
		return true;
	}
	return false;
}

static bool os_release_matches(const char *word)
{
	size_t length = strcspn(word, "<>=!$");
	char name[WORD_MAX + 1], value[WORD_MAX + 1];
	const char *wanted = word + length;

	if (length == 0 || length > WORD_MAX)
		return false;
	snprintf(name, sizeof name, "%.*s", (int)length, word);
	if (!os_release_value(name, value, sizeof value))
		return false;
	bool textual = (*wanted == '=' && wanted[1] != '=') || strncmp(wanted, "!=", 2) == 0;
	enum comparison comparison = comparison_take(&wanted, COMPARE_EQUAL);
	int order = textual ? strcmp(value, wanted) : strverscmp(value, wanted);
	return comparison_judge(comparison, order);
}

bool condition_os_release(const char *wanted)
{
	char copy[512], *rest = NULL;

	snprintf(copy, sizeof copy, "%s", wanted);
	for (char *word = strtok_r(copy, " \t", &rest); word; word = strtok_r(NULL, " \t", &rest))
		if (!os_release_matches(word))
			return false;
	return true;
}
