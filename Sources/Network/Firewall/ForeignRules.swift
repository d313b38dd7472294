/// Chains of other programs that would drop our packets: an accept in our own table does not undo a drop in theirs.
enum ForeignRules {
    struct Chain: Hashable {
        var family: String
        var table: String
        var name: String

        var path: String { "\(family) \(table) \(name)" }
    }

    /// Where accepting rules are needed: Docker's chain for users, else every forward chain whose policy is drop.
    ///
    /// - Parameter listing: what `nft list chains` prints.
    static func chains(in listing: String) -> [Chain] {
        var dropping: [Chain] = []
        var user: [Chain] = []
        var table: (family: String, name: String)?
        var chain: String?
        for line in listing.split(separator: "\n") {
            let words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
            if words.first == "table", words.count >= 3 {
                table = (words[1], words[2])
            } else if words.first == "chain", words.count >= 2 {
                chain = words[1]
                if let table, chain == "DOCKER-USER" {
                    user.append(Chain(family: table.family, table: table.name, name: words[1]))
                }
            } else if let table, let chain, words.contains("forward"), line.contains("policy drop"),
                ["ip", "ip6", "inet"].contains(table.family), !table.name.hasPrefix("compose_")
            {
                dropping.append(Chain(family: table.family, table: table.name, name: chain))
            }
        }
        // Docker jumps to its user chain from the dropping chain of the same table.
        let covered = Set(user.map { "\($0.family) \($0.table)" })
        return user + dropping.filter { !covered.contains("\($0.family) \($0.table)") }
    }

    /// Commands that let packets of `rules`' network pass `chain`. They are inserted at its top, last one first.
    static func acceptance(of rules: NetworkRules, in chain: Chain) -> String {
        var matches = [
            // Docker keeps its own networks apart from others by the end of its chains.
            ("iifname \"\(rules.bridge)\" oifname \"docker0\"", "return"),
            ("iifname \"\(rules.bridge)\" oifname \"br-*\"", "return"),
            ("iifname \"\(rules.bridge)\"", "accept"),
            ("oifname \"\(rules.bridge)\"", "accept"),
        ]
        if chain.name != "DOCKER-USER" { matches.removeFirst(2) }
        return matches.reversed().map { match, verdict in
            "insert rule \(chain.path) \(match) \(verdict) comment \"\(rules.comment)\"\n"
        }.joined()
    }

    /// Commands that delete the rules with `comment`.
    ///
    /// - Parameter listing: what `nft -a list chain` prints.
    static func removal(of comment: String, in chain: Chain, listing: String) -> String {
        listing.split(separator: "\n").filter { $0.contains("comment \"\(comment)\"") }.compactMap { line in
            let words = line.split(separator: " ")
            guard let place = words.lastIndex(of: "handle"), place + 1 < words.count else { return nil }
            return "delete rule \(chain.path) handle \(words[place + 1])\n"
        }.joined()
    }
}
