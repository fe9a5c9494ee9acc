"""clang-tidy as a test.

Each source file is an action of its own, so that only what changed is looked at
again. What clang-tidy says is a report; the test fails where one is not empty.
"""

ReportsInfo = provider("What clang-tidy said.", fields = {"reports": "depset of files"})

def _local_files(rule, attribute):
    targets = getattr(rule.attr, attribute, [])
    return [
        file
        for target in targets
        for file in target.files.to_list()
        if file.is_source
    ]

def _look_at(ctx, source, flags, inputs):
    report = ctx.actions.declare_file(
        "{}.{}.tidy".format(ctx.label.name, source.basename),
    )
    ctx.actions.run_shell(
        mnemonic = "ClangTidy",
        progress_message = "Looking at " + source.short_path,
        inputs = inputs,
        outputs = [report],
        use_default_shell_env = True,
        command = (
            "clang-tidy-14 --quiet --config-file=.clang-tidy $1 -- ${@:3}" +
            " > $2 2> $2.errors || test -s $2 || cat $2.errors > $2"
        ),
        arguments = [source.path, report.path] + flags,
    )
    return report

def _clang_tidy_aspect_impl(target, ctx):
    reports = []
    deps = getattr(ctx.rule.attr, "deps", [])
    if CcInfo in target and not target.label.workspace_name:
        sources = _local_files(ctx.rule, "srcs")
        contexts = [
            dep[CcInfo].compilation_context
            for dep in deps
            if CcInfo in dep
        ]
        inputs = depset(
            sources + _local_files(ctx.rule, "hdrs") + [ctx.file._config],
            transitive = [context.headers for context in contexts],
        )
        flags = ["-std=c++20", "-iquote", "."]
        for context in contexts:
            flags += ["-D" + define for define in context.defines.to_list()]

            # The generated headers: nobody wants to hear about them.
            for folder in context.includes.to_list() + context.system_includes.to_list():
                flags += ["-isystem", folder]
            for folder in context.quote_includes.to_list():
                flags += ["-iquote", folder]
        reports = [
            _look_at(ctx, source, flags, inputs)
            for source in sources
            if source.extension == "cc"
        ]
    return [ReportsInfo(reports = depset(
        reports,
        transitive = [dep[ReportsInfo].reports for dep in deps if ReportsInfo in dep],
    ))]

_clang_tidy_aspect = aspect(
    implementation = _clang_tidy_aspect_impl,
    attr_aspects = ["deps"],
    attrs = {
        "_config": attr.label(
            default = "//:.clang-tidy",
            allow_single_file = True,
        ),
    },
)

def _clang_tidy_test_impl(ctx):
    reports = depset(
        transitive = [dep[ReportsInfo].reports for dep in ctx.attr.deps],
    ).to_list()
    test = ctx.actions.declare_file(ctx.label.name + ".sh")
    ctx.actions.write(
        output = test,
        is_executable = True,
        content = """#!/usr/bin/env bash
if cat {reports} | grep .; then
  echo 'Mend these; .clang-tidy says what to do about one that must stay.'
  exit 1
fi
echo 'clang-tidy has nothing to say about {count} files'
""".format(
            reports = " ".join([report.short_path for report in reports]),
            count = len(reports),
        ),
    )
    return [DefaultInfo(
        executable = test,
        runfiles = ctx.runfiles(files = reports),
    )]

clang_tidy_test = rule(
    doc = "Looks at the sources of `deps` and of all that they depend on here.",
    implementation = _clang_tidy_test_impl,
    attrs = {
        "deps": attr.label_list(
            aspects = [_clang_tidy_aspect],
            mandatory = True,
        ),
    },
    test = True,
)
