// The hash map under every table, by RowKey. Rows stand in nodes of their own,
// because they are large and a growing table would move them all. Beside a
// node's address stands its key's hash, so that growing the table, handing a
// node to another one and passing by another row's place look into no node:
// each look would wait for memory.
//
// Belongs to one thread at a time.

#pragma once

#include <absl/container/flat_hash_set.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include "services/reservation/row_key.h"

namespace slotlog {

template <typename Entry>
class RowMap {
 public:
  /// A row and, behind it in the same piece of memory, its key.
  class Node {
   public:
    static std::unique_ptr<Node> Of(std::string_view key) {
      static_assert(alignof(Node) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);
      void* const memory = ::operator new(sizeof(Node) + key.size());
      Node* const node = ::new (memory) Node(key.size());
      std::memcpy(static_cast<char*>(memory) + sizeof(Node), key.data(),
                  key.size());
      return std::unique_ptr<Node>(node);
    }
    /// Without a size, because a node is larger than its class says.
    static void operator delete(void* memory) { ::operator delete(memory); }

    std::string_view key() const {
      return {reinterpret_cast<const char*>(this + 1), key_size_};
    }
    Entry entry;

   private:
    explicit Node(size_t key_size) : entry(), key_size_(key_size) {}

    const size_t key_size_;
  };

 private:
  template <typename Other>
  friend class RowMap;

  /// Told from others as a RowKey is: by its hash, then by its bytes.
  class Place {
   public:
    Place(uint64_t hash, std::unique_ptr<Node> node)
        : node(std::move(node)), hash_(hash) {}
    uint64_t hash() const { return hash_; }
    std::string_view bytes() const { return node->key(); }

    /// Mutable: another node of the same key may come in its place.
    mutable std::unique_ptr<Node> node;

   private:
    uint64_t hash_;
  };
  struct HashOf {
    using is_transparent = void;
    template <typename Key>
    size_t operator()(const Key& key) const {
      return key.hash();
    }
  };
  struct AreSame {
    using is_transparent = void;
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
      return a.hash() == b.hash() && a.bytes() == b.bytes();
    }
  };
  using Places = absl::flat_hash_set<Place, HashOf, AreSame>;

 public:
  /// Null: there is none. Good until the entry is erased or replaced.
  const Entry* Find(const RowKey& key) const {
    const auto found = places_.find(key);
    return found == places_.end() ? nullptr : &found->node->entry;
  }
  Entry* Find(const RowKey& key) {
    return const_cast<Entry*>(std::as_const(*this).Find(key));
  }
  /// Has memory bring what Find will look at.
  void Prefetch(const RowKey& key) const { places_.prefetch(key); }

  struct Emplaced {
    Entry& entry;
    bool is_new;
  };
  /// The entry of this key, made if there is none.
  Emplaced Emplace(const RowKey& key) {
    bool is_new = false;
    const auto found = places_.lazy_emplace(key, [&](const auto& place) {
      place(key.hash(), Node::Of(key.bytes()));
      is_new = true;
    });
    return {found->node->entry, is_new};
  }

  /// Takes all of the other's nodes, and for a key that both have the other's.
  void Absorb(RowMap other) {
    auto ahead = other.places_.begin();
    for (size_t i = 0; i < kPrefetchedAhead && ahead != other.places_.end();
         ++i, ++ahead) {
      places_.prefetch(*ahead);
    }
    for (const Place& place : other.places_) {
      if (ahead != other.places_.end()) places_.prefetch(*ahead++);
      const auto found = places_.lazy_emplace(place, [&](const auto& taken) {
        taken(place.hash(), std::move(place.node));
      });
      if (place.node != nullptr) found->node = std::move(place.node);
    }
  }

  void Erase(const RowKey& key) { places_.erase(key); }
  /// Erases what the other has.
  template <typename Other>
  void EraseAll(const RowMap<Other>& other) {
    if (places_.empty()) return;
    for (const auto& place : other.places_) places_.erase(place);
  }
  void Clear() { places_.clear(); }

  void Reserve(size_t size) { places_.reserve(size); }
  size_t size() const { return places_.size(); }

  struct Row {
    std::string_view key;
    const Entry& entry;
  };
  /// Over the rows, in no order.
  class Iterator {
   public:
    explicit Iterator(typename Places::const_iterator at) : at_(at) {}
    Row operator*() const { return {at_->node->key(), at_->node->entry}; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    typename Places::const_iterator at_;
  };
  Iterator begin() const { return Iterator(places_.begin()); }
  Iterator end() const { return Iterator(places_.end()); }

 private:
  /// So far before its turn a row's place is fetched, when many are absorbed.
  static constexpr size_t kPrefetchedAhead = 8;

  Places places_;
};

}  // namespace slotlog
