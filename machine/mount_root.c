/* In an initramfs: mounts the root file system that the kernel's command line names; bootparam(7). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "machine/fstab.h"
#include "machine/program.h"
#include "machine/step.h"
#include "machine/text.h"

enum { ROOT_SECONDS = 90 };

static bool wait_for_root(const char *root)
{
	bool is_device = root[0] == '/' || strchr(root, '=');

	return !is_device || wait_for_device(root, kernel_word("rootwait") ? 1e9 : ROOT_SECONDS);
}

static int run(const char *argument)
{
	const char *directory = argument ? argument : "/sysroot";
	char root[1024], type[64] = "auto", flags[1024] = "", options[1040];

	if (!kernel_option("root", root, sizeof root))
		return complain("the kernel's command line has no root=");
	(void)kernel_option("rootfstype", type, sizeof type);
	(void)kernel_option("rootflags", flags, sizeof flags);
	snprintf(options, sizeof options, "%s%s%s", kernel_word("rw") ? "rw" : "ro", *flags ? "," : "", flags);
	if (!wait_for_root(root))
		return complain("root=%s: the device is not there", root);
	if (mkdir(directory, 0755) < 0 && errno != EEXIST)
		return complain("%s: %s", directory, strerror(errno));
	const char *const command[] = { "mount", "-t", type, "-o", options, root, directory, NULL };
	return program_run(command) == 0 ? EXIT_SUCCESS : complain("root=%s cannot be mounted", root);
}

const struct step step_mount_root = { "mount-root", "[DIR]", "in an initramfs: mount root= at DIR (/sysroot)", run };
