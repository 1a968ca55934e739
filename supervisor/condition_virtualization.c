/* In what we run: a container, a virtual machine, or neither (systemd-detect-virt(1)). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/parse.h"
#include "supervisor/condition_tests.h"

enum { NAME_SIZE = 64 };

/* $container of PID 1, which container managers set. */
static bool container_by_environment(char *name)
{
	char text[8192];
	const char *own = getpid() == 1 ? getenv("container") : NULL;

	if (own && *own) {
		snprintf(name, NAME_SIZE, "%s", own);
		return true;
	}
	memset(text, 0, sizeof text);
	if (!condition_read_file("/proc/1/environ", text, sizeof text - 1))
		return false;
	for (const char *entry = text; *entry; entry += strlen(entry) + 1)
		if (strncmp(entry, "container=", 10) == 0 && entry[10]) {
			snprintf(name, NAME_SIZE, "%s", entry + 10);
			return true;
		}
	return false;
}

static bool find_container(char *name)
{
	static const struct {
		const char *path, *name;
	} marks[] = {
		{ "/run/.containerenv", "podman" },
		{ "/.dockerenv", "docker" },
	};
	char text[NAME_SIZE];

	if (container_by_environment(name))
		return true;
	if (condition_read_file("/run/systemd/container", text, sizeof text) && *text) {
		snprintf(name, NAME_SIZE, "%.*s", (int)strcspn(text, "\n"), text);
		return true;
	}
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (access(marks[i].path, F_OK) == 0) {
			snprintf(name, NAME_SIZE, "%s", marks[i].name);
			return true;
		}
	return false;
}

static bool find_machine(char *name)
{
	static const struct {
		const char *vendor, *name;
	} vendors[] = {
		{ "KVM", "kvm" },
		{ "OpenStack", "kvm" },
		{ "Amazon EC2", "amazon" },
		{ "QEMU", "qemu" },
		{ "VMware", "vmware" },
		{ "VMW", "vmware" },
		{ "innotek GmbH", "oracle" },
		{ "VirtualBox", "oracle" },
		{ "Xen", "xen" },
		{ "Bochs", "bochs" },
		{ "Parallels", "parallels" },
		{ "BHYVE", "bhyve" },
		{ "Hyper-V", "microsoft" },
		{ "Apple Virtualization", "apple" },
		{ "Google Compute Engine", "google" },
	};
	static const char *const files[] = { "/sys/class/dmi/id/product_name", "/sys/class/dmi/id/sys_vendor",
					     "/sys/class/dmi/id/board_vendor", "/sys/class/dmi/id/bios_vendor" };
	char text[128], cpu[8192];

	for (size_t file = 0; file < sizeof files / sizeof *files; file++)
		for (size_t i = 0; i < sizeof vendors / sizeof *vendors; i++)
			if (condition_read_file(files[file], text, sizeof text) &&
			    strncmp(text, vendors[i].vendor, strlen(vendors[i].vendor)) == 0) {
				snprintf(name, NAME_SIZE, "%s", vendors[i].name);
				return true;
			}
	if (!condition_read_file("/proc/cpuinfo", cpu, sizeof cpu) || !strstr(cpu, " hypervisor"))
		return false;
	snprintf(name, NAME_SIZE, "vm-other");
	return true;
}

/* Not all ids of the host are ours. */
static bool has_private_users(void)
{
	char text[512], *rest = text;

	if (!condition_read_file("/proc/self/uid_map", text, sizeof text))
		return false;
	unsigned long inside = strtoul(rest, &rest, 10), outside = strtoul(rest, &rest, 10);
	return inside != 0 || outside != 0 || strtoul(rest, &rest, 10) != UINT32_MAX;
}

bool condition_virtualization(const char *wanted)
{
	char name[NAME_SIZE] = "none";
	bool expected;

	if (strcmp(wanted, "private-users") == 0)
		return has_private_users();
	bool container = find_container(name);
	bool machine = !container && find_machine(name);
	if (parse_boolean(wanted, &expected) == 0)
		return expected == (container || machine);
	if (strcmp(wanted, "vm") == 0)
		return machine;
	if (strcmp(wanted, "container") == 0)
		return container;
	return (container || machine) && strcmp(wanted, name) == 0;
}
