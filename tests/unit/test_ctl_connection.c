#include <criterion/criterion.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctl/connection.h"
#include "ctl/property.h"

static char directory[PATH_MAX];
static struct context context;
static pid_t server;

static void init(void)
{
	strcpy(directory, "/tmp/test-connection-XXXXXX");
	cr_assert_not_null(mkdtemp(directory));
	context = (struct context){ .runtime_directory = directory };
}

static void fini(void)
{
	char path[PATH_MAX + 16];
	connection_close(&context);
	if (server > 0)
		waitpid(server, NULL, 0);
	snprintf(path, sizeof(path), "%s/control", directory);
	(void)unlink(path);
	(void)rmdir(directory);
}

TestSuite(connection, .init = init, .fini = fini, .timeout = 20);

/* Takes one call and answers with these bytes, a few at a time; then closes. */
static void serve_one(int listener, const char *reply, size_t length)
{
	char byte = 1;
	int fd = accept(listener, NULL, NULL);
	while (byte && read(fd, &byte, 1) == 1)
		;
	for (size_t at = 0; at < length; at += 7)
		(void)!write(fd, reply + at, length - at < 7 ? length - at : 7);
	close(fd);
	_exit(0);
}

static void answer(const char *reply, size_t length)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), here = open(".", O_DIRECTORY | O_CLOEXEC);
	/* From inside, so that the directory's own path may be of any length. */
	cr_assert_eq(chdir(directory), 0);
	strcpy(address.sun_path, "control");
	cr_assert_eq(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	cr_assert_eq(listen(listener, 1), 0);
	cr_assert_eq(fchdir(here), 0);
	close(here);
	server = fork();
	if (server == 0)
		serve_one(listener, reply, length);
	close(listener);
}

#define ANSWER(text) answer(text, sizeof(text))

static json_t *ask(struct call_error *error)
{
	return call(&context, "SystemState", json_object(), error);
}

Test(connection, a_reply_in_pieces_becomes_whole)
{
	struct call_error error;
	ANSWER("{\"parameters\":{\"state\":\"running\",\"units\":3,\"failed\":\"many\"}}");
	json_t *reply = ask(&error);
	cr_assert_not_null(reply);
	cr_expect_eq(error.kind, CALL_OK);
	cr_expect_str_eq(property_text(reply, "state"), "running");
	cr_expect_eq(property_number_or(reply, "units", -1), 3);
	cr_expect_eq(property_number_or(reply, "failed", -1), -1);
	cr_expect_null(property_text(reply, "nothing"));
	cr_expect_null(property_list(reply, "state"));
	json_decref(reply);
}

Test(connection, an_unknown_unit_comes_with_suggestions)
{
	struct call_error error;
	ANSWER("{\"error\":\"org.svinit.Supervisor.NoSuchUnit\",\"parameters\":{\"name\":\"wbe.service\","
	       "\"suggestions\":"
	       "[\"web.service\",\"db.service\",7]}}");
	cr_assert_null(ask(&error));
	cr_expect_eq(error.kind, CALL_NO_SUCH_UNIT);
	cr_expect_str_eq(error.unit, "wbe.service");
	cr_expect_str_eq(error.text, "unit wbe.service not found; did you mean web.service, db.service, -?");
	cr_expect_eq(call_error_status(&error), STATUS_NO_SUCH_UNIT);
}

Test(connection, a_refusal_says_why)
{
	struct call_error error;
	ANSWER("{\"error\":\"org.svinit.Supervisor.PermissionDenied\",\"parameters\":{\"method\":\"Start\",\"text\":"
	       "\"no\"}}");
	cr_assert_null(ask(&error));
	cr_expect_str_eq(error.text, "Start: no");
	cr_expect_eq(call_error_status(&error), STATUS_NO_PERMISSION);
}

Test(connection, an_error_that_is_not_known_is_named)
{
	struct call_error error;
	ANSWER("{\"error\":\"org.varlink.service.MethodNotFound\"}");
	cr_assert_null(ask(&error));
	cr_expect_eq(error.kind, CALL_FAILED);
	cr_expect_str_eq(error.text, "org.varlink.service.MethodNotFound");
	cr_expect_eq(call_error_status(&error), STATUS_FAILURE);
}

Test(connection, garbage_is_an_error)
{
	struct call_error error;
	ANSWER("[\"parameters\"]");
	cr_assert_null(ask(&error));
	cr_expect_eq(error.kind, CALL_FAILED);
	cr_expect_not_null(strstr(error.text, "no JSON object"));
}

Test(connection, half_a_reply_is_an_error)
{
	struct call_error error;
	answer("{\"parameters\":{", 15);
	cr_assert_null(ask(&error));
	cr_expect_eq(error.kind, CALL_FAILED);
	cr_expect_not_null(strstr(error.text, "closed the connection"));
}

Test(connection, no_socket_says_what_to_do)
{
	struct call_error error;
	cr_assert_null(ask(&error));
	cr_expect_eq(error.kind, CALL_NO_CONNECTION);
	cr_expect_not_null(strstr(error.text, directory));
	cr_expect_not_null(strstr(error.text, "is svinit running?"));
	cr_expect_eq(call_error_status(&error), STATUS_FAILURE);
}

Test(connection, arguments_must_be_utf8)
{
	struct call_error error;
	char *names[] = { "\xff" };
	cr_assert_null(call(&context, "Show", json_pack("{s:o}", "units", string_array(names, 1)), &error));
	cr_expect_eq(error.kind, CALL_FAILED);
}

Test(connection, a_long_path_is_no_obstacle)
{
	struct call_error error;
	char top[PATH_MAX];
	strcpy(top, directory);
	size_t length = strlen(directory);
	snprintf(directory + length, sizeof(directory) - length, "/%0150d", 0);
	cr_assert_eq(mkdir(directory, 0700), 0);
	ANSWER("{\"parameters\":{\"state\":\"running\"}}");
	json_t *reply = ask(&error);
	cr_expect_not_null(reply);
	json_decref(reply);
	fini();
	strcpy(directory, top);
}
