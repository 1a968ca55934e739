/* What svinit tells svexec survives the way, and nothing else is believed. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/exec_recipe.h"

static struct exec_recipe example(void)
{
	static char *argv[] = { "/bin/sh", "-c", "", NULL }, *paths[] = { "-/a", "+/b c", NULL };
	static gid_t groups[] = { 4, 4294967294U };
	struct exec_recipe recipe = {
		.granted_fds = 2,
		.has_cgroup = true,
		.path = "/bin/sh",
		.argv = argv,
		.unit = "a.service",
		.set_ids = true,
		.uid = 33,
		.gid = 44,
		.groups = groups,
		.group_count = 2,
		.limit_count = 1,
		.limits = { { .resource = 7, .value = { 1024, RLIM_INFINITY } } },
		.bounding_set = UINT64_MAX,
		.secure_bits = -1,
	};

	recipe.sandbox.protect_system = PROTECT_SYSTEM_STRICT;
	recipe.sandbox.private_tmp = PRIVATE_TMP_DISCONNECTED;
	recipe.sandbox.lock_personality = true;
	recipe.sandbox.namespaces_allowed = 5;
	recipe.sandbox.paths.read_only = paths;
	recipe.sandbox.system_call_error = "EPERM";
	return recipe;
}

static void free_lists(struct exec_recipe *recipe)
{
	struct sandbox_paths *paths = &recipe->sandbox.paths;
	char **const lists[] = {
		recipe->argv,
		recipe->environment,
		recipe->pid_variables,
		recipe->owned_directories,
		recipe->writable_directories,
		paths->read_write,
		paths->read_only,
		paths->inaccessible,
		paths->exec,
		paths->no_exec,
		paths->bind,
		paths->bind_read_only,
		paths->temporary,
		recipe->sandbox.address_family_names,
		recipe->sandbox.system_call_words,
		recipe->sandbox.system_call_architectures,
		recipe->sandbox.system_call_log_words,
		recipe->sandbox.device_allow,
		recipe->sandbox.address_allow,
		recipe->sandbox.address_deny,
		recipe->sandbox.load_credentials,
		recipe->sandbox.set_credentials,
		recipe->sandbox.import_credentials,
	};

	/* The texts themselves lie in the message. */
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		free(lists[i]);
	free(recipe->groups);
}

Test(exec_recipe, comes_out_as_it_went_in)
{
	struct exec_recipe in = example(), out;
	char *data;
	size_t length;

	cr_assert_eq(exec_recipe_pack(&in, &data, &length), 0);
	cr_assert_eq(exec_recipe_unpack(&out, data, length), 0);
	cr_expect_str_eq(out.path, in.path);
	cr_expect_str_eq(out.argv[2], "");
	cr_expect_null(out.argv[3]);
	cr_expect_null(out.environment);
	cr_expect_null(out.root_directory);
	cr_expect_eq(out.groups[1], in.groups[1]);
	cr_expect_eq(out.limits[0].value.rlim_max, RLIM_INFINITY);
	cr_expect_eq(out.secure_bits, -1);
	cr_expect_eq(out.bounding_set, UINT64_MAX);
	cr_expect_eq(out.sandbox.protect_system, PROTECT_SYSTEM_STRICT);
	cr_expect_eq(out.sandbox.private_tmp, PRIVATE_TMP_DISCONNECTED);
	cr_expect(out.sandbox.lock_personality && !out.sandbox.required);
	cr_expect_str_eq(out.sandbox.paths.read_only[1], "+/b c");
	cr_expect_str_eq(out.sandbox.system_call_error, "EPERM");
	free_lists(&out);
	free(data);
}

Test(exec_recipe, is_refused_when_it_is_cut_or_longer)
{
	struct exec_recipe in = example(), out;
	char *data;
	size_t length;

	cr_assert_eq(exec_recipe_pack(&in, &data, &length), 0);
	for (size_t cut = 0; cut < length; cut++) {
		cr_assert_lt(exec_recipe_unpack(&out, data, cut), 0, "cut at %zu", cut);
		free_lists(&out);
	}
	char *longer = calloc(1, length + 1);
	memcpy(longer, data, length);
	cr_expect_eq(exec_recipe_unpack(&out, longer, length + 1), -EBADMSG);
	free_lists(&out);
	free(longer);
	free(data);
}

/* Any byte may be anything: what comes out is whole or nothing. */
Test(exec_recipe, does_not_believe_what_was_changed)
{
	struct exec_recipe in = example(), out;
	char *data;
	size_t length;

	cr_assert_eq(exec_recipe_pack(&in, &data, &length), 0);
	for (size_t at = 0; at < length; at++) {
		char kept = data[at];
		data[at] = (char)0xff;
		if (exec_recipe_unpack(&out, data, length) == 0)
			cr_expect(out.path && out.argv && out.unit &&
				  out.sandbox.protect_system < PROTECT_SYSTEM_COUNT);
		free_lists(&out);
		data[at] = kept;
	}
	free(data);
}

Test(exec_recipe, reports_keep_their_words)
{
	struct exec_report in = { .kind = EXEC_REPORT_FAILED, .step = 3, .error = EPERM, .key = "K", .text = "words" };
	struct exec_report out;
	char message[EXEC_REPORT_MAX];

	memset(in.text, 'x', sizeof in.text - 1);
	size_t length = exec_report_pack(&in, message);
	cr_assert_gt(length, 0);
	cr_assert_eq(exec_report_unpack(&out, message, length), 0);
	cr_expect_eq(out.kind, EXEC_REPORT_FAILED);
	cr_expect_eq(out.error, EPERM);
	cr_expect_str_eq(out.text, in.text);
	cr_expect_eq(exec_report_unpack(&out, message, length - 1), -EBADMSG);
}
