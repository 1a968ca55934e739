/* Capability sets and secure bits, by the names of capabilities(7). */
#include <errno.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <string.h>
#include <strings.h>

#include "common/parse.h"
#include "supervisor/load/capability_name.h"
#include "supervisor/load/unit_load.h"
#include "supervisor/load/values.h"
#include "supervisor/load/words.h"

static const char *const capability_names[] = {
	[CAP_CHOWN] = "cap_chown",
	[CAP_DAC_OVERRIDE] = "cap_dac_override",
	[CAP_DAC_READ_SEARCH] = "cap_dac_read_search",
	[CAP_FOWNER] = "cap_fowner",
	[CAP_FSETID] = "cap_fsetid",
	[CAP_KILL] = "cap_kill",
	[CAP_SETGID] = "cap_setgid",
	[CAP_SETUID] = "cap_setuid",
	[CAP_SETPCAP] = "cap_setpcap",
	[CAP_LINUX_IMMUTABLE] = "cap_linux_immutable",
	[CAP_NET_BIND_SERVICE] = "cap_net_bind_service",
	[CAP_NET_BROADCAST] = "cap_net_broadcast",
	[CAP_NET_ADMIN] = "cap_net_admin",
	[CAP_NET_RAW] = "cap_net_raw",
	[CAP_IPC_LOCK] = "cap_ipc_lock",
	[CAP_IPC_OWNER] = "cap_ipc_owner",
	[CAP_SYS_MODULE] = "cap_sys_module",
	[CAP_SYS_RAWIO] = "cap_sys_rawio",
	[CAP_SYS_CHROOT] = "cap_sys_chroot",
	[CAP_SYS_PTRACE] = "cap_sys_ptrace",
	[CAP_SYS_PACCT] = "cap_sys_pacct",
	[CAP_SYS_ADMIN] = "cap_sys_admin",
	[CAP_SYS_BOOT] = "cap_sys_boot",
	[CAP_SYS_NICE] = "cap_sys_nice",
	[CAP_SYS_RESOURCE] = "cap_sys_resource",
	[CAP_SYS_TIME] = "cap_sys_time",
	[CAP_SYS_TTY_CONFIG] = "cap_sys_tty_config",
	[CAP_MKNOD] = "cap_mknod",
	[CAP_LEASE] = "cap_lease",
	[CAP_AUDIT_WRITE] = "cap_audit_write",
	[CAP_AUDIT_CONTROL] = "cap_audit_control",
	[CAP_SETFCAP] = "cap_setfcap",
	[CAP_MAC_OVERRIDE] = "cap_mac_override",
	[CAP_MAC_ADMIN] = "cap_mac_admin",
	[CAP_SYSLOG] = "cap_syslog",
	[CAP_WAKE_ALARM] = "cap_wake_alarm",
	[CAP_BLOCK_SUSPEND] = "cap_block_suspend",
	[CAP_AUDIT_READ] = "cap_audit_read",
	[CAP_PERFMON] = "cap_perfmon",
	[CAP_BPF] = "cap_bpf",
	[CAP_CHECKPOINT_RESTORE] = "cap_checkpoint_restore",
};

int capability_from_name(const char *name)
{
	uint64_t number;

	for (size_t i = 0; i < sizeof capability_names / sizeof *capability_names; i++)
		if (strcasecmp(capability_names[i], name) == 0)
			return (int)i;
	return parse_unsigned(name, 62, &number) == 0 ? (int)number : -1;
}

static uint64_t read_set(struct unit_load *load, const struct key *key, char *value)
{
	uint64_t set = 0;
	char *word;

	while (word_take(&value, &word, NULL) > 0) {
		int capability = capability_from_name(word);
		if (capability < 0)
			load_report(load, DIAGNOSTIC_WARNING, "%s=%.100s is not a capability, left out", key->name,
				    word);
		else
			set |= UINT64_C(1) << capability;
	}
	return set;
}

/* data_count: 1 for the bounding set, which is full where nothing is said. */
int read_capabilities(struct unit_load *load, const struct key *key, char *value)
{
	struct exec_options *options = unit_definition_own_exec_options(load->definition);
	bool bounding = key->data_count == 1, inverted = *value == '~';

	if (!options)
		return -ENOMEM;
	uint64_t *set = bounding ? &options->bounding_set : &options->ambient_set;
	uint64_t initial = bounding ? UINT64_MAX : 0;
	uint64_t present = bounding && !options->bounding_set_given ? initial : *set;
	uint64_t named = read_set(load, key, value + inverted);

	if (named == 0 || present == initial)
		*set = inverted ? ~named : named;
	else
		*set = inverted ? present & ~named : present | named;
	if (bounding)
		options->bounding_set_given = true;
	return 0;
}

int read_secure_bits(struct unit_load *load, const struct key *key, char *value)
{
	static const struct {
		const char *name;
		int bit;
	} bits[] = {
		{ "keep-caps", 1 << SECURE_KEEP_CAPS },
		{ "keep-caps-locked", 1 << SECURE_KEEP_CAPS_LOCKED },
		{ "no-setuid-fixup", 1 << SECURE_NO_SETUID_FIXUP },
		{ "no-setuid-fixup-locked", 1 << SECURE_NO_SETUID_FIXUP_LOCKED },
		{ "noroot", 1 << SECURE_NOROOT },
		{ "noroot-locked", 1 << SECURE_NOROOT_LOCKED },
	};
	int *field = key_field(load, key);
	char *word;

	if (!field)
		return -ENOMEM;
	if (!*value)
		*field = -1;
	while (word_take(&value, &word, NULL) > 0) {
		size_t i = 0, count = sizeof bits / sizeof *bits;
		while (i < count && strcmp(bits[i].name, word) != 0)
			i++;
		if (i < count)
			*field = (*field < 0 ? 0 : *field) | bits[i].bit;
		else
			load_report(load, DIAGNOSTIC_WARNING, "%s=%.100s is not a secure bit, left out", key->name,
				    word);
	}
	return 0;
}
