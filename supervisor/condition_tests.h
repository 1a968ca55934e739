/* One test a kind of condition; the parameter is what stands behind '=', without '|' and '!'. */
#ifndef SVINIT_CONDITION_TESTS_H
#define SVINIT_CONDITION_TESTS_H

#include <stdbool.h>

typedef bool condition_test(const char *parameter);

/* condition_paths.c */
condition_test condition_path_exists, condition_path_exists_glob, condition_path_is_directory,
	condition_path_is_symbolic_link, condition_path_is_mount_point, condition_path_is_read_write,
	condition_path_is_encrypted, condition_directory_not_empty, condition_file_not_empty,
	condition_file_is_executable, condition_needs_update, condition_first_boot;
/* condition_host.c */
condition_test condition_architecture, condition_firmware, condition_host, condition_kernel_command_line,
	condition_credential, condition_environment, condition_security, condition_capability, condition_ac_power,
	condition_user, condition_group, condition_os_release, condition_kernel_module_loaded;
/* condition_version.c */
condition_test condition_version, condition_kernel_version;
/* condition_virtualization.c */
condition_test condition_virtualization;
/* condition_resources.c */
condition_test condition_control_group_controller, condition_memory, condition_cpus, condition_cpu_feature,
	condition_memory_pressure, condition_cpu_pressure, condition_io_pressure;

/*
 * "<", "<=", "=", "!=", ">=", ">" at *text, which is passed with the space behind; `otherwise` where none stands. The
 * result of a three-way comparison is judged by condition_compare().
 */
enum comparison { COMPARE_LESS, COMPARE_AT_MOST, COMPARE_EQUAL, COMPARE_UNEQUAL, COMPARE_AT_LEAST, COMPARE_MORE };
enum comparison comparison_take(const char **text, enum comparison otherwise);
bool comparison_judge(enum comparison comparison, int order);

/* The start of a small file into a buffer, NUL-terminated; false when it cannot be read. Never blocks. */
bool condition_read_file(const char *path, char *to, unsigned long size);

#endif
