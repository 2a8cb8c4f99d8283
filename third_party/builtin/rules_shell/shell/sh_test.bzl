"""Maps rules_shell onto the rule built into Bazel, as rules_cc beside it."""

# buildifier: disable=native-sh-test
sh_test = native.sh_test
