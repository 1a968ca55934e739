#include <criterion/criterion.h>

#include <fnmatch.h>
#include <string.h>
#include <time.h>

#include "common/glob.h"

Test(glob, agrees_with_fnmatch)
{
	static const char *const patterns[] = { "*",     "a*",     "*a",        "a*b*c", "?",    "??*",
						"[abc]", "[a-c]x", "[!a]*",     "[]a]b", "\\*a", "a\\?",
						"[a",    "",       "*.service", "a**b",  "[a-]", "*[0-9]" };
	static const char *const texts[] = { "",   "a",  "ab", "abc", "axbyc", "b",  "cx",  "]b",   "*a",
					     "a?", "[a", "ax", "a-",  "-",     "a7", "aab", "abab", "nginx.service" };

	for (size_t p = 0; p < sizeof patterns / sizeof *patterns; p++)
		for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
			cr_expect_eq(glob_match(patterns[p], texts[t]), fnmatch(patterns[p], texts[t], 0) == 0,
				     "%s on %s", patterns[p], texts[t]);
}

Test(glob, knows_a_pattern)
{
	cr_assert(glob_is_pattern("a*"));
	cr_assert(glob_is_pattern("[ab]"));
	cr_assert_not(glob_is_pattern("worker@1.service"));
}

Test(glob, takes_no_longer_for_a_malicious_pattern)
{
	char pattern[201], text[256];
	clock_t start = clock();

	for (int i = 0; i < 100; i++)
		memcpy(pattern + 2 * i, "a*", 2);
	pattern[200] = '\0';
	strcpy(pattern + 199, "b");
	memset(text, 'a', 255);
	text[255] = '\0';
	for (int i = 0; i < 1000; i++)
		cr_assert_not(glob_match(pattern, text));
	cr_assert_lt((double)(clock() - start) / CLOCKS_PER_SEC, 2.0);
}
