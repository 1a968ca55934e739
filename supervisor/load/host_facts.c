#include "supervisor/load/host_facts.h"

#include <ctype.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { FACT_FILE_MAX = 65536 };

/* The start of a small file; NULL when it cannot be read. The caller frees. */
static char *read_small_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char *text = fd >= 0 ? malloc(FACT_FILE_MAX + 1) : NULL;
	ssize_t length = text ? read(fd, text, FACT_FILE_MAX) : -1;

	if (fd >= 0)
		close(fd);
	if (length < 0) {
		free(text);
		return NULL;
	}
	text[length] = '\0';
	return text;
}

static char *read_id(const char *path)
{
	char *text = read_small_file(path), *to = text;

	if (!text)
		return strdup("");
	for (const char *from = text; *from && *from != '\n'; from++)
		if (isxdigit((unsigned char)*from))
			*to++ = (char)tolower((unsigned char)*from);
	*to = '\0';
	return text;
}

/* A value as shells write it: quotes taken off. */
static char *shell_value(const char *text, size_t length)
{
	if (length >= 2 && (*text == '"' || *text == '\'') && text[length - 1] == *text) {
		text++;
		length -= 2;
	}
	return strndup(text, length);
}

static char *read_shell_variable(const char *path, const char *name)
{
	char *text = read_small_file(path), *value = NULL;
	size_t length = strlen(name);

	for (char *line = text; line && *line && !value;) {
		char *end = strchrnul(line, '\n');
		if (strncmp(line, name, length) == 0 && line[length] == '=')
			value = shell_value(line + length + 1, (size_t)(end - line) - length - 1);
		line = *end ? end + 1 : end;
	}
	free(text);
	return value ? value : strdup("");
}

static char *os_release(const char *name)
{
	const char *path = access("/etc/os-release", R_OK) == 0 ? "/etc/os-release" : "/usr/lib/os-release";

	return read_shell_variable(path, name);
}

static char *host_name(bool cut_off_domain)
{
	char name[256] = "";

	if (gethostname(name, sizeof name - 1) < 0)
		return strdup("localhost");
	if (cut_off_domain)
		name[strcspn(name, ".")] = '\0';
	return strdup(name);
}

static char *pretty_host_name(void)
{
	char *name = read_shell_variable("/etc/machine-info", "PRETTY_HOSTNAME");

	if (name && *name)
		return name;
	free(name);
	return host_name(true);
}

/* Field `field` of the line whose numeric field `id_field` is `id`, in a file like /etc/passwd. */
static char *account_field(const char *path, unsigned id_field, unsigned id, unsigned field)
{
	char *text = read_small_file(path), *found = NULL;

	for (char *line = text; line && *line && !found;) {
		char *next = strchrnul(line, '\n');
		char *fields[8] = { line };
		size_t count = 1;

		next = *next ? (*next = '\0', next + 1) : next;
		for (char *c = line; *c && count < 8; c++)
			if (*c == ':') {
				*c = '\0';
				fields[count++] = c + 1;
			}
		char *end = "";
		if (count > id_field && count > field && *fields[id_field] &&
		    strtoul(fields[id_field], &end, 10) == id && !*end)
			found = strdup(fields[field]);
		line = next;
	}
	free(text);
	return found;
}

static char *number(unsigned value)
{
	char text[24];

	snprintf(text, sizeof text, "%u", value);
	return strdup(text);
}

static char *or_number(char *text, unsigned value)
{
	return text ? text : number(value);
}

static char *home(void)
{
	const char *given = getenv("HOME");

	if (getuid() == 0)
		return strdup("/root");
	if (given && *given == '/')
		return strdup(given);
	char *found = account_field("/etc/passwd", 2, getuid(), 5);
	return found ? found : strdup("/");
}

static char *shell(void)
{
	char *found = getuid() == 0 ? NULL : account_field("/etc/passwd", 2, getuid(), 6);

	return found ? found : strdup("/bin/sh");
}

/* What a user's directory is by the XDG rules; the caller frees. */
static char *xdg_directory(struct host_facts *facts, const char *variable, const char *below_home, const char *behind)
{
	const char *given = getenv(variable);
	char *path = NULL;

	if (given && *given == '/')
		return asprintf(&path, "%s%s", given, behind) < 0 ? NULL : path;
	const char *user_home = host_fact(facts, FACT_HOME);
	if (!user_home)
		return NULL;
	return asprintf(&path, "%s/%s%s", user_home, below_home, behind) < 0 ? NULL : path;
}

static char *runtime_directory(const struct host_facts *facts)
{
	const char *given = facts->user_mode ? getenv("XDG_RUNTIME_DIR") : NULL;
	char *path = NULL;

	if (facts->runtime_directory)
		return strdup(facts->runtime_directory);
	if (!facts->user_mode)
		return strdup("/run");
	if (given && *given == '/')
		return strdup(given);
	return asprintf(&path, "/run/user/%u", getuid()) < 0 ? NULL : path;
}

static char *temporary_directory(const char *otherwise)
{
	static const char *const variables[] = { "TMPDIR", "TEMP", "TMP" };

	for (size_t i = 0; i < 3; i++) {
		const char *given = getenv(variables[i]);
		if (given && *given == '/')
			return strdup(given);
	}
	return strdup(otherwise);
}

static char *directory_fact(struct host_facts *facts, enum host_fact fact)
{
	bool user = facts->user_mode;

	switch (fact) {
	case FACT_RUNTIME_DIRECTORY:
		return runtime_directory(facts);
	case FACT_STATE_DIRECTORY:
		return user ? xdg_directory(facts, "XDG_STATE_HOME", ".local/state", "") : strdup("/var/lib");
	case FACT_CACHE_DIRECTORY:
		return user ? xdg_directory(facts, "XDG_CACHE_HOME", ".cache", "") : strdup("/var/cache");
	case FACT_LOGS_DIRECTORY:
		return user ? xdg_directory(facts, "XDG_STATE_HOME", ".local/state", "/log") : strdup("/var/log");
	case FACT_CONFIGURATION_DIRECTORY:
		return user ? xdg_directory(facts, "XDG_CONFIG_HOME", ".config", "") : strdup("/etc");
	case FACT_TEMPORARY_DIRECTORY:
		return temporary_directory("/tmp");
	case FACT_LARGE_TEMPORARY_DIRECTORY:
		return temporary_directory("/var/tmp");
	default:
		return strdup("");
	}
}

static char *account_fact(enum host_fact fact)
{
	switch (fact) {
	case FACT_USER_NAME:
		return getuid() == 0 ? strdup("root")
				     : or_number(account_field("/etc/passwd", 2, getuid(), 0), getuid());
	case FACT_USER_ID:
		return number(getuid());
	case FACT_GROUP_NAME:
		return getgid() == 0 ? strdup("root")
				     : or_number(account_field("/etc/group", 2, getgid(), 0), getgid());
	case FACT_GROUP_ID:
		return number(getgid());
	case FACT_HOME:
		return home();
	default:
		return shell();
	}
}

static char *kernel_release(void)
{
	struct utsname name;

	return strdup(uname(&name) == 0 ? name.release : "");
}

static char *find_fact(struct host_facts *facts, enum host_fact fact)
{
	static const char *const os_keys[] = {
		[FACT_OS_ID] = "ID",
		[FACT_OS_VERSION_ID] = "VERSION_ID",
		[FACT_OS_VARIANT_ID] = "VARIANT_ID",
		[FACT_OS_BUILD_ID] = "BUILD_ID",
		[FACT_OS_IMAGE_ID] = "IMAGE_ID",
		[FACT_OS_IMAGE_VERSION] = "IMAGE_VERSION",
	};

	switch (fact) {
	case FACT_MACHINE_ID:
		return read_id("/etc/machine-id");
	case FACT_BOOT_ID:
		return read_id("/proc/sys/kernel/random/boot_id");
	case FACT_HOST_NAME:
		return host_name(false);
	case FACT_SHORT_HOST_NAME:
		return host_name(true);
	case FACT_PRETTY_HOST_NAME:
		return pretty_host_name();
	case FACT_KERNEL_RELEASE:
		return kernel_release();
	case FACT_ARCHITECTURE:
		return strdup(host_architecture());
	case FACT_OS_ID:
	case FACT_OS_VERSION_ID:
	case FACT_OS_VARIANT_ID:
	case FACT_OS_BUILD_ID:
	case FACT_OS_IMAGE_ID:
	case FACT_OS_IMAGE_VERSION:
		return os_release(os_keys[fact]);
	case FACT_USER_NAME:
	case FACT_USER_ID:
	case FACT_GROUP_NAME:
	case FACT_GROUP_ID:
	case FACT_HOME:
	case FACT_SHELL:
		return account_fact(fact);
	default:
		return directory_fact(facts, fact);
	}
}

const char *host_fact(struct host_facts *facts, enum host_fact fact)
{
	if (!facts->facts[fact])
		facts->facts[fact] = find_fact(facts, fact);
	return facts->facts[fact];
}

void host_facts_forget(struct host_facts *facts)
{
	for (size_t i = 0; i < FACT_COUNT; i++) {
		free(facts->facts[i]);
		facts->facts[i] = NULL;
	}
}

void host_facts_finish(struct host_facts *facts)
{
	host_facts_forget(facts);
	free(facts->runtime_directory);
	facts->runtime_directory = NULL;
}

const char *host_architecture(void)
{
#if defined(__x86_64__)
	return "x86-64";
#elif defined(__i386__)
	return "x86";
#elif defined(__aarch64__)
	return "arm64";
#elif defined(__arm__)
	return "arm";
#elif defined(__riscv) && __riscv_xlen == 64
	return "riscv64";
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
	return "ppc64-le";
#elif defined(__s390x__)
	return "s390x";
#elif defined(__loongarch64)
	return "loongarch64";
#else
	return "unknown";
#endif
}
