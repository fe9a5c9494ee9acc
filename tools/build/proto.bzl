"""One rule for messages: .proto files to a C++ library, by Debian's protoc."""

def proto_cc_library(name, srcs, root = None, visibility = None):
    """Compiles protos whose import paths start at `root`.

    The files themselves are the filegroup NAME_protos.

    Args:
      name: the library's name.
      srcs: the .proto files; under `root`, if there is one.
      root: the folder of this package at which import paths start; without it
        they start at the workspace's root.
      visibility: who may use it.
    """
    stems = [src[:-len(".proto")] for src in srcs]
    headers = [stem + ".pb.h" for stem in stems]
    sources = [stem + ".pb.cc" for stem in stems]
    if root:
        include = native.package_name() + "/" + root
        out = "$(RULEDIR)/" + root
    else:
        include = "."
        out = "$(GENDIR)"
    native.filegroup(
        name = name + "_protos",
        srcs = srcs,
        visibility = visibility,
    )
    native.genrule(
        name = name + "_protoc",
        srcs = srcs,
        outs = headers + sources,
        cmd = "protoc -I {} --cpp_out={} $(SRCS)".format(include, out),
    )
    native.cc_library(
        name = name,
        srcs = sources,
        hdrs = headers,
        copts = ["-w"],
        strip_include_prefix = root,
        visibility = visibility,
        deps = ["@system//:protobuf"],
    )
