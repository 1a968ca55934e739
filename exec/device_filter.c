#include "exec/device_filter.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "exec/cgroup_program.h"

enum { ANY = -1, WIDTH = 7 };

/* What bpf_cgroup_dev_ctx says of an access, in these registers. */
enum { KIND = BPF_REG_2, ACCESS = BPF_REG_3, MAJOR = BPF_REG_4, MINOR = BPF_REG_5, SCRATCH = BPF_REG_1 };

struct device_rule {
	int kind; /* BPF_DEVCG_DEV_CHAR or _BLOCK */
	int major, minor;
	int access; /* BPF_DEVCG_ACC_… */
};

static void load_context(struct cgroup_program *program)
{
	enum { TYPE_AT = offsetof(struct bpf_cgroup_dev_ctx, access_type) };

	cgroup_program_add(program, BPF_LDX | BPF_MEM | BPF_W, KIND, BPF_REG_1, TYPE_AT, 0);
	cgroup_program_add(program, BPF_ALU | BPF_AND | BPF_K, KIND, 0, 0, 0xffff);
	cgroup_program_add(program, BPF_LDX | BPF_MEM | BPF_W, ACCESS, BPF_REG_1, TYPE_AT, 0);
	cgroup_program_add(program, BPF_ALU | BPF_RSH | BPF_K, ACCESS, 0, 0, 16);
	cgroup_program_add(program, BPF_LDX | BPF_MEM | BPF_W, MAJOR, BPF_REG_1,
			   offsetof(struct bpf_cgroup_dev_ctx, major), 0);
	cgroup_program_add(program, BPF_LDX | BPF_MEM | BPF_W, MINOR, BPF_REG_1,
			   offsetof(struct bpf_cgroup_dev_ctx, minor), 0);
}

/* Goes on to the next rule unless the register has the value; what is not compared is compared with itself. */
static void unless(struct cgroup_program *program, __u8 reg, int value, __s16 skip)
{
	if (value == ANY)
		cgroup_program_add(program, BPF_ALU64 | BPF_MOV | BPF_X, reg, reg, 0, 0);
	else
		cgroup_program_add(program, BPF_JMP | BPF_JNE | BPF_K, reg, 0, skip, value);
}

/* Each rule has the same length, so that the way past it is known: kind, access (2), major, minor, return (2). */
static void allow(struct cgroup_program *program, const struct device_rule *rule)
{
	cgroup_program_add(program, BPF_JMP | BPF_JNE | BPF_K, KIND, 0, WIDTH, rule->kind);
	cgroup_program_add(program, BPF_ALU64 | BPF_MOV | BPF_X, SCRATCH, ACCESS, 0, 0);
	cgroup_program_add(program, BPF_ALU | BPF_AND | BPF_K, SCRATCH, 0, 0, rule->access);
	cgroup_program_add(program, BPF_JMP | BPF_JNE | BPF_X, SCRATCH, ACCESS, WIDTH - 3, 0);
	unless(program, MAJOR, rule->major, WIDTH - 4);
	unless(program, MINOR, rule->minor, WIDTH - 5);
	cgroup_program_return(program, 1);
}

static int access_of(const char *letters)
{
	int access = 0;

	for (; *letters; letters++)
		access |= *letters == 'r'   ? BPF_DEVCG_ACC_READ
			  : *letters == 'w' ? BPF_DEVCG_ACC_WRITE
			  : *letters == 'm' ? BPF_DEVCG_ACC_MKNOD
					    : 0;
	return access;
}

/* "char-NAME" or "block-NAME": by the drivers that /proc/devices lists. */
static void allow_drivers(struct cgroup_program *program, const char *pattern, struct device_rule rule)
{
	char line[128], name[64];
	bool in_kind = false;
	const char *title = rule.kind == BPF_DEVCG_DEV_CHAR ? "Character devices:" : "Block devices:";
	FILE *file = fopen("/proc/devices", "re");

	while (file && fgets(line, sizeof line, file)) {
		if (strstr(line, "devices:"))
			in_kind = strncmp(line, title, strlen(title)) == 0;
		else if (in_kind && sscanf(line, "%d %63s", &rule.major, name) == 2 && fnmatch(pattern, name, 0) == 0)
			allow(program, &rule);
	}
	if (file)
		fclose(file);
}

static void allow_word(struct cgroup_program *program, const char *word)
{
	char device[256] = "", letters[16] = "rwm";
	struct device_rule rule = { .minor = ANY };
	struct stat status;

	if (sscanf(word, "%255s %15s", device, letters) < 1)
		return;
	rule.access = access_of(letters);
	if (strncmp(device, "char-", 5) == 0) {
		rule.kind = BPF_DEVCG_DEV_CHAR;
		allow_drivers(program, device + 5, rule);
	} else if (strncmp(device, "block-", 6) == 0) {
		rule.kind = BPF_DEVCG_DEV_BLOCK;
		allow_drivers(program, device + 6, rule);
	} else if (stat(device, &status) == 0 && (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode))) {
		rule.kind = S_ISCHR(status.st_mode) ? BPF_DEVCG_DEV_CHAR : BPF_DEVCG_DEV_BLOCK;
		rule.major = (int)major(status.st_rdev);
		rule.minor = (int)minor(status.st_rdev);
		allow(program, &rule);
	}
}

/* What DevicePolicy=closed leaves: the devices that nothing can be done with but what they are for. */
static void allow_usual(struct cgroup_program *program)
{
	static const char *const words[] = { "/dev/null rwm",    "/dev/zero rwm", "/dev/full rwm", "/dev/random rwm",
					     "/dev/urandom rwm", "/dev/tty rwm",  "/dev/ptmx rwm", "char-pts rw" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		allow_word(program, words[i]);
}

static enum device_policy policy_of(const struct sandbox *sandbox)
{
	if (sandbox->device_policy != DEVICE_POLICY_AUTO)
		return sandbox->device_policy;
	return sandbox->private_devices || sandbox->device_allow || sandbox->protect_clock ? DEVICE_POLICY_CLOSED
											   : DEVICE_POLICY_AUTO;
}

void device_filter_set_up(struct start *start)
{
	static struct cgroup_program program;
	const struct sandbox *sandbox = &start->recipe.sandbox;
	enum device_policy policy = policy_of(sandbox);
	int r = -EBADF;

	if (policy == DEVICE_POLICY_AUTO)
		return;
	load_context(&program);
	if (policy == DEVICE_POLICY_CLOSED)
		allow_usual(&program);
	for (char **word = sandbox->device_allow; word && *word; word++)
		allow_word(&program, *word);
	if (sandbox->protect_clock && !sandbox->device_allow && !sandbox->private_devices && !sandbox->device_policy)
		return;
	cgroup_program_return(&program, 0);
	if (start->cgroup_fd >= 0)
		r = cgroup_program_attach(&program, start->cgroup_fd, BPF_PROG_TYPE_CGROUP_DEVICE, BPF_CGROUP_DEVICE);
	/* With PrivateDevices= alone there are no other nodes to be found, and none can be made. */
	if (r < 0 && (sandbox->device_policy || sandbox->device_allow))
		start_not_enforced(start, sandbox->device_policy ? "DevicePolicy" : "DeviceAllow", r == -EBADF ? 0 : -r,
				   r == -EBADF ? "there is no cgroup for the unit"
					       : "a program for the cgroup is refused");
}
