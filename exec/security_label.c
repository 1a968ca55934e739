#include "exec/security_label.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "supervisor/os/read_file.h"

struct label {
	const char *key, *module; /* a path that is there where the module is active */
	const char *attribute, *older_attribute, *prefix;
};

static void set(struct start *start, const struct label *label, const char *value)
{
	char text[512];
	bool optional = value && *value == '-';

	if (!value)
		return;
	if (access(label->module, F_OK) < 0) {
		start_not_enforced(start, label->key, 0, "the kernel does not use this security module");
		return;
	}
	snprintf(text, sizeof text, "%s%s", label->prefix, value + optional);
	int r = write_file_at(AT_FDCWD, label->attribute, text);
	if (r < 0 && label->older_attribute)
		r = write_file_at(AT_FDCWD, label->older_attribute, text);
	if (r < 0 && optional)
		start_not_enforced(start, label->key, -r, "%s", value + 1);
	else if (r < 0)
		start_fail(start, SPAWN_STEP_SECURITY_LABEL, -r, "%s=%s", label->key, value);
}

void security_label_set_smack(struct start *start)
{
	static const struct label smack = { "SmackProcessLabel", "/sys/fs/smackfs", "/proc/self/attr/smack/current",
					    "/proc/self/attr/current", "" };

	set(start, &smack, start->recipe.sandbox.smack_label);
}

void security_label_set_exec(struct start *start)
{
	static const struct label selinux = { "SELinuxContext", "/sys/fs/selinux/enforce", "/proc/self/attr/exec", NULL,
					      "" };
	static const struct label apparmor = { "AppArmorProfile", "/sys/kernel/security/apparmor",
					       "/proc/self/attr/apparmor/exec", "/proc/self/attr/exec", "exec " };

	set(start, &selinux, start->recipe.sandbox.selinux_context);
	set(start, &apparmor, start->recipe.sandbox.apparmor_profile);
}
