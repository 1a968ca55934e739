/* The properties of the sandbox, by the rows of the key table: what was asked for, and what of it does not hold. */
#include <sched.h>

#include "supervisor/load/key.h"
#include "supervisor/load/values.h"
#include "supervisor/sandbox_state.h"
#include "supervisor/unit_property.h"
#include "supervisor/unit_runtime.h"

#define SANDBOX_KEYS(ROW)                                                                                              \
	ROW(AppArmorProfile)                                                                                           \
	ROW(BindPaths)                                                                                                 \
	ROW(BindReadOnlyPaths)                                                                                         \
	ROW(DeviceAllow)                                                                                               \
	ROW(DevicePolicy)                                                                                              \
	ROW(ExecPaths)                                                                                                 \
	ROW(IPAddressAllow)                                                                                            \
	ROW(IPAddressDeny)                                                                                             \
	ROW(IPCNamespacePath)                                                                                          \
	ROW(ImportCredential)                                                                                          \
	ROW(InaccessiblePaths)                                                                                         \
	ROW(KeyringMode)                                                                                               \
	ROW(LoadCredential)                                                                                            \
	ROW(LockPersonality)                                                                                           \
	ROW(MemoryDenyWriteExecute)                                                                                    \
	ROW(MountAPIVFS)                                                                                               \
	ROW(MountFlags)                                                                                                \
	ROW(NetworkNamespacePath)                                                                                      \
	ROW(NoExecPaths)                                                                                               \
	ROW(PrivateDevices)                                                                                            \
	ROW(PrivateIPC)                                                                                                \
	ROW(PrivateMounts)                                                                                             \
	ROW(PrivateNetwork)                                                                                            \
	ROW(PrivatePIDs)                                                                                               \
	ROW(PrivateTmp)                                                                                                \
	ROW(PrivateUsers)                                                                                              \
	ROW(ProcSubset)                                                                                                \
	ROW(ProtectClock)                                                                                              \
	ROW(ProtectControlGroups)                                                                                      \
	ROW(ProtectHome)                                                                                               \
	ROW(ProtectHostname)                                                                                           \
	ROW(ProtectKernelLogs)                                                                                         \
	ROW(ProtectKernelModules)                                                                                      \
	ROW(ProtectKernelTunables)                                                                                     \
	ROW(ProtectProc)                                                                                               \
	ROW(ProtectSystem)                                                                                             \
	ROW(ReadOnlyPaths)                                                                                             \
	ROW(ReadWritePaths)                                                                                            \
	ROW(RestrictAddressFamilies)                                                                                   \
	ROW(RestrictNamespaces)                                                                                        \
	ROW(RestrictRealtime)                                                                                          \
	ROW(RestrictSUIDSGID)                                                                                          \
	ROW(SELinuxContext)                                                                                            \
	ROW(SmackProcessLabel)                                                                                         \
	ROW(SystemCallArchitectures)                                                                                   \
	ROW(SystemCallErrorNumber)                                                                                     \
	ROW(SystemCallFilter)                                                                                          \
	ROW(SystemCallLog)                                                                                             \
	ROW(TemporaryFileSystem)

enum {
#define INDEX(name) KEY_##name,
	SANDBOX_KEYS(INDEX)
#undef INDEX
};

static const char *const key_names[] = {
#define NAME(name) [KEY_##name] = #name,
	SANDBOX_KEYS(NAME)
#undef NAME
};

static const struct sandbox *sandbox_of(const struct property_view *view)
{
	return view->service->exec->sandbox ? view->service->exec->sandbox : &sandbox_default;
}

/* A list that denies begins with "~", as in the file. */
static void write_filter(struct json_writer *to, enum filter_mode mode, char *const *words, size_t skip)
{
	write_begin_array(to);
	if (mode == FILTER_DENY)
		write_string(to, "~");
	else if (mode == FILTER_ALLOW && !words)
		write_string(to, "none");
	for (; words && *words; words++)
		write_string(to, *words + skip);
	write_end_array(to);
}

/* Those that may still be made; "none" where there are no such. */
static void write_namespaces(struct json_writer *to, const struct sandbox *sandbox)
{
	static const struct {
		const char *name;
		uint64_t flag;
	} kinds[] = {
		{ "cgroup", CLONE_NEWCGROUP }, { "ipc", CLONE_NEWIPC }, { "net", CLONE_NEWNET },
		{ "mnt", CLONE_NEWNS },        { "pid", CLONE_NEWPID }, { "user", CLONE_NEWUSER },
		{ "uts", CLONE_NEWUTS },
	};
	bool any = false;

	write_begin_array(to);
	for (size_t i = 0; sandbox->restrict_namespaces && i < sizeof kinds / sizeof *kinds; i++)
		if (sandbox->namespaces_allowed & kinds[i].flag) {
			write_string(to, kinds[i].name);
			any = true;
		}
	if (sandbox->restrict_namespaces && !any)
		write_string(to, "none");
	write_end_array(to);
}

static void write_choice(struct json_writer *to, const struct key *key, const void *field)
{
	const char *const *names = key->data;
	unsigned value = *(const unsigned *)field;

	write_string(to, value < key->data_count ? names[value] : NULL);
}

static void write_sandbox_key(struct property_view *view, uint64_t index)
{
	const struct sandbox *sandbox = sandbox_of(view);
	const struct key *key = key_find(section_find("Service", UNIT_SERVICE), key_names[index]);
	const void *field = (const char *)sandbox + key->offset;

	if (key->read == read_restrict_namespaces)
		write_namespaces(view->to, sandbox);
	else if (key->read == read_address_families)
		write_filter(view->to, sandbox->address_families, sandbox->address_family_names, 0);
	else if (index == KEY_SystemCallFilter)
		write_filter(view->to, sandbox->system_calls, sandbox->system_call_words, 1);
	else if (index == KEY_SystemCallLog)
		write_filter(view->to, sandbox->system_call_log, sandbox->system_call_log_words, 1);
	else if (key->read == read_boolean || key->read == read_given_boolean)
		write_boolean(view->to, *(const bool *)field);
	else if (key->read == read_enum || key->read == read_switch)
		write_choice(view->to, key, field);
	else if (key->read == read_words || key->read == read_line || key->read == read_architectures)
		write_strings(view->to, *(char *const *const *)field);
	else
		write_string(view->to, *(const char *const *)field);
}

/* What nobody enforces here, and what svexec could not make true at the last start. */
static void write_not_enforced(struct property_view *view, uint64_t argument)
{
	const struct unit_runtime *runtime = unit_runtime_find(view->manager, view->unit->id);
	char **known = view->service->exec->not_enforced;
	char **found = runtime && runtime->sandbox ? runtime->sandbox->not_enforced : NULL;

	(void)argument;
	write_begin_array(view->to);
	for (; known && *known; known++)
		write_string(view->to, *known);
	for (; found && *found; found++)
		write_string(view->to, *found);
	unit_write_failed_limits(view);
	write_end_array(view->to);
}

const struct property_row sandbox_property_rows[] = {
#define PROPERTY(name) { #name, write_sandbox_key, KEY_##name },
	SANDBOX_KEYS(PROPERTY)
#undef PROPERTY
		{ "NotEnforced", write_not_enforced, 0 },
	{ 0 },
};
