"""One rule for the contract: .proto files to a C++ library, by Debian's protoc."""

def proto_cc_library(name, srcs, root, visibility = None):
    """Compiles protos whose import paths start at the folder `root`.

    Args:
      name: the library's name.
      srcs: the .proto files, all under `root`.
      root: the folder of this package at which import paths start.
      visibility: who may use it.
    """
    stems = [src[:-len(".proto")] for src in srcs]
    headers = [stem + ".pb.h" for stem in stems]
    sources = [stem + ".pb.cc" for stem in stems]
    native.genrule(
        name = name + "_protoc",
        srcs = srcs,
        outs = headers + sources,
        cmd = "protoc -I {package}/{root} --cpp_out=$(RULEDIR)/{root} $(SRCS)".format(
            package = native.package_name(),
            root = root,
        ),
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
