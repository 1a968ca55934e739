/* Other programs, run and waited for. */
#ifndef SVMACHINE_PROGRAM_H
#define SVMACHINE_PROGRAM_H

/* Runs argv[0], looked for in PATH. Its exit status, 128 + signal, or 127 when it could not be started. */
int program_run(const char *const *argv);

#endif
